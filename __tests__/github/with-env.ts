/** Runs something with variables in the environment of this process, for code that reads it, such as the toolkit. */
export const withEnv = async <T>(env: Readonly<Record<string, string>>, act: () => T | Promise<T>): Promise<T> => {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  try {
    return await act();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
};
