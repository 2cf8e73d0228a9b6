import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './page.js';

/** The properties of types, as the type checker sees them; optional ones end in `?`. */
export type TypeProperties = {
  /** The properties of a type, by its name. */
  readonly propertiesOf: (typeName: string) => readonly string[];
};

/** The same for `src/state/event.ts`. */
export type EventTypes = TypeProperties & {
  /** The properties of each event by its `type`, without `type` itself. */
  readonly events: () => ReadonlyMap<string, readonly string[]>;
};

/** Reads the types of a file of the repository. */
export const readTypes = (file: string): TypeProperties => {
  const { typeNamed } = openTypes(file);
  return { propertiesOf: (name) => namesOf(typeNamed(name)) };
};

/** Reads the types of events. */
export const readEventTypes = (): EventTypes => {
  const { checker, typeNamed } = openTypes('src/state/event.ts');
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

type Types = { readonly checker: ts.TypeChecker; readonly typeNamed: (name: string) => ts.Type };

/** A program for the type checker, without the standard library, whose properties our types do not have. */
const openTypes = (path: string): Types => {
  const file = join(ROOT, path);
  const program = ts.createProgram([file], { noLib: true, types: [], strict: true, module: ts.ModuleKind.NodeNext });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`there is no ${file}`);
  const typeNamed = (name: string): ts.Type => {
    const declaration = source.statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === name);
    if (declaration === undefined) throw new Error(`${file} has no type ${name}`);
    return checker.getTypeAtLocation(declaration);
  };
  return { checker, typeNamed };
};

const namesOf = (type: ts.Type): readonly string[] =>
  type
    .getProperties()
    .map((property) => `${property.name}${(property.flags & ts.SymbolFlags.Optional) === 0 ? '' : '?'}`)
    .sort();
