import type { JsonObject } from './twirp.js';

/** A request that the emulator got. */
export type LoggedRequest = {
  /** Of HTTP. */
  readonly method: string;
  /** Without the query, except for the `comp` of a blob request. */
  readonly path: string;
  /** The method of the service, such as `CreateCacheEntry`; `blob` for a blob. */
  readonly call: string;
  /** Of a call of a method. */
  readonly body: JsonObject | undefined;
  /** Of a blob: the bytes asked for. */
  readonly range: string | undefined;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  /** The run attempt of the caller, as far as a token says. */
  readonly attempt: number | undefined;
  /** Undefined while it has no answer; a request that a fault leaves without one stays so. */
  readonly status: number | undefined;
};

/** All requests so far, and those to come. */
export type RequestLog = {
  /** In the order they came. */
  readonly requests: readonly LoggedRequest[];
  /** Adds one; what it returns notes the status of its answer. */
  readonly add: (request: Omit<LoggedRequest, 'at' | 'status'>) => (status: number) => void;
  /** The first request that is so, or becomes so when it is answered; one from before counts too. */
  readonly until: (isWanted: (request: LoggedRequest) => boolean) => Promise<LoggedRequest>;
};

/** A log without requests. */
export const createRequestLog = (): RequestLog => {
  const requests: LoggedRequest[] = [];
  let waiting: readonly (() => boolean)[] = [];
  const look = (): void => {
    waiting = waiting.filter((isSettled) => !isSettled());
  };
  return {
    requests,
    add: (request) => {
      const logged = { ...request, at: Date.now(), status: undefined as number | undefined };
      requests.push(logged);
      look();
      return (status) => {
        logged.status = status;
        look();
      };
    },
    until: (isWanted) =>
      new Promise((resolve) => {
        const settle = (): boolean => {
          const found = requests.find(isWanted);
          if (found !== undefined) resolve(found);
          return found !== undefined;
        };
        if (!settle()) waiting = [...waiting, settle];
      }),
  };
};
