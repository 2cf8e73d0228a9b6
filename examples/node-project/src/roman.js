const SYMBOLS = [
  ['M', 1000],
  ['CM', 900],
  ['D', 500],
  ['CD', 400],
  ['C', 100],
  ['XC', 90],
  ['L', 50],
  ['XL', 40],
  ['X', 10],
  ['IX', 9],
  ['V', 5],
  ['IV', 4],
  ['I', 1],
];

/** A whole number from 1 to 3999 as a Roman numeral; anything else throws a RangeError. */
export const toRoman = (number) => {
  if (!Number.isInteger(number) || number < 1 || number > 3999) {
    throw new RangeError(`a Roman numeral stands for 1 to 3999, not ${number}`);
  }
  let rest = number;
  let numeral = '';
  for (const [symbol, value] of SYMBOLS) {
    numeral += symbol.repeat(Math.floor(rest / value));
    rest %= value;
  }
  return numeral;
};

/** The number that a Roman numeral stands for; undefined for a text that is none. */
export const fromRoman = (numeral) => {
  let number = 0;
  let at = 0;
  for (const [symbol, value] of SYMBOLS) {
    while (numeral.startsWith(symbol, at)) {
      number += value;
      at += symbol.length;
    }
  }
  const isNumeral = number >= 1 && number <= 3999 && toRoman(number) === numeral;
  return isNumeral ? number : undefined;
};
