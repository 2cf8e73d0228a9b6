declare module 'picomatch' {
  function picomatch(
    globs: readonly string[],
    options: { dot?: boolean; posix?: boolean; nonegate?: boolean; flags?: string },
  ): (path: string) => boolean;
  export = picomatch;
}
