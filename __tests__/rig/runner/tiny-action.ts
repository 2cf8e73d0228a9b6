import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';

/** An action of a few lines, for tests of the runner itself. */
export type TinyAction = {
  /** The source texts of its CommonJS modules. */
  readonly main: string;
  readonly post?: string;
  readonly postIf?: string;
  /** Defaults by name. */
  readonly inputs?: Readonly<Record<string, string>>;
};

/** Writes the files of an action. */
export const newTinyAction = ({ main, post, postIf, inputs = {} }: TinyAction): TempFolder => {
  const folder = newTempFolder();
  const runs = {
    using: 'node24',
    main: 'dist/main.js',
    ...(post !== undefined && { post: 'dist/post.js' }),
    ...(postIf !== undefined && { 'post-if': postIf }),
  };
  const withDefaults = Object.entries(inputs).map(([name, text]) => [name, { description: name, default: text }]);
  const manifest = { name: 'tiny', description: 'tiny', inputs: Object.fromEntries(withDefaults) as unknown, runs };
  // JSON is YAML.
  folder.write('action.yml', JSON.stringify(manifest));
  folder.write('dist/main.js', main);
  folder.write('dist/post.js', post ?? '');
  return folder;
};
