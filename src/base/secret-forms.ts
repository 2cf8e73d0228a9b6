/** Lines of a secret shorter than this (a lone brace, say) are too common to hide by themselves. */
const MIN_LINE_LENGTH = 4;
/** Base64 shorter than this would match by chance, so secrets under 5 bytes have no base64 form. */
const MIN_BASE64_LENGTH = 6;
/** Where `openssl base64` and `base64` break lines. */
const BASE64_LINE_LENGTHS = [64, 76];

/**
 * Every text that reveals a secret: the trimmed secret and its lines, each also escaped for JSON, URLs, shell quotes and
 * workflow commands; and its base64 at any offset within longer encoded data. Empty for blank secrets.
 */
export const secretForms = (secret: string): readonly string[] => {
  const value = wellFormed(secret).trim();
  if (value === '') return [];
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  const texts = [value, ...lines.filter((line) => line.length >= MIN_LINE_LENGTH)];
  return [...new Set([...texts.flatMap(escapedForms), ...base64Forms(Buffer.from(value))])];
};

/** Without lone surrogates, which UTF-8 cannot hold and URL encoding rejects. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

const escapedForms = (text: string): readonly string[] => {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text);
  const strictUrl = url.replace(/[!'()*]/g, percentCode);
  return [
    text,
    json,
    json.replace(/[<>&]/g, unicodeEscape),
    url,
    strictUrl,
    strictUrl.replaceAll('%20', '+'),
    text.replaceAll("'", String.raw`'\''`),
    text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'),
  ];
};

const percentCode = (character: string): string => `%${hexCode(character).toUpperCase()}`;

/** As Go's JSON encoder escapes HTML characters. */
const unicodeEscape = (character: string): string => String.raw`\u00${hexCode(character)}`;

const hexCode = (character: string): string => character.charCodeAt(0).toString(16);

const base64Forms = (bytes: Buffer): readonly string[] => {
  const cores = [0, 1, 2].map((bytesBefore) => base64Core(bytes, bytesBefore));
  const wrapped = BASE64_LINE_LENGTHS.map((length) => wrap(cores[0] ?? '', length));
  const forms = [bytes.toString('base64'), ...cores, ...wrapped].filter((form) => form.length >= MIN_BASE64_LENGTH);
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
};

/** The base64 characters that depend on these bytes alone when `bytesBefore` others (modulo 3) precede them. */
const base64Core = (bytes: Buffer, bytesBefore: number): string => {
  const encoded = Buffer.concat([Buffer.alloc(bytesBefore), bytes]).toString('base64');
  return encoded.slice(Math.ceil((bytesBefore * 8) / 6), Math.floor(((bytesBefore + bytes.length) * 8) / 6));
};

const wrap = (text: string, lineLength: number): string =>
  text.replace(new RegExp(`.{${String(lineLength)}}(?=.)`, 'g'), '$&\n');
