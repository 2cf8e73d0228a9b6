import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './page.js';

/** The properties of the types of `src/state/event.ts`, as the type checker sees them; optional ones end in `?`. */
export type EventTypes = {
  /** Of a type by its name. */
  readonly propertiesOf: (typeName: string) => readonly string[];
  /** Of each event, by its `type`, and without it. */
  readonly events: () => ReadonlyMap<string, readonly string[]>;
};

/** Asks the type checker; without the library of the language, which only names properties that no event has. */
export const readEventTypes = (): EventTypes => {
  const file = join(ROOT, 'src/state/event.ts');
  const program = ts.createProgram([file], { noLib: true, types: [], strict: true, module: ts.ModuleKind.NodeNext });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`there is no ${file}`);
  const typeNamed = (name: string): ts.Type => {
    const declaration = source.statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === name);
    if (declaration === undefined) throw new Error(`${file} has no type ${name}`);
    return checker.getTypeAtLocation(declaration);
  };
  const literalOf = (type: ts.Type): string => {
    const property = type.getProperty('type');
    const literal = property && checker.getTypeOfSymbol(property);
    if (literal?.isStringLiteral() !== true) throw new Error('an event has a type');
    return literal.value;
  };
  return {
    propertiesOf: (name) => namesOf(typeNamed(name)),
    events: () => {
      const body = typeNamed('EventBody');
      const members = body.isUnion() ? body.types : [body];
      return new Map(members.map((member) => [literalOf(member), namesOf(member).filter((name) => name !== 'type')]));
    },
  };
};

const namesOf = (type: ts.Type): readonly string[] =>
  type
    .getProperties()
    .map((property) => `${property.name}${(property.flags & ts.SymbolFlags.Optional) === 0 ? '' : '?'}`)
    .sort();
