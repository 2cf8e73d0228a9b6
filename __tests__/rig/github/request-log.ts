import type { JsonObject } from './twirp.js';

/** A request to the emulator. */
export type LoggedRequest = {
  /** The HTTP method. */
  readonly method: string;
  /** Without the query, except for the `comp` of a blob request. */
  readonly path: string;
  /** The method of the service, such as `CreateCacheEntry`; `blob` for a blob. */
  readonly call: string;
  /** The body of a call of a service. */
  readonly body: JsonObject | undefined;
  /** The requested bytes of a blob. */
  readonly range: string | undefined;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** The run attempt of the caller, as far as a token says. */
  readonly attempt: number | undefined;
  /** The status of the answer; undefined while there is none, and for a request that a fault leaves unanswered. */
  readonly status: number | undefined;
};

/** All requests so far, and a way to wait for further ones. */
export type RequestLog = {
  /** In the order they arrived. */
  readonly requests: readonly LoggedRequest[];
  /** Adds a request; the returned function records the status of its answer. */
  readonly add: (request: Omit<LoggedRequest, 'at' | 'status'>) => (status: number) => void;
  /** The first request that matches, on arrival or once it is answered; earlier requests count too. */
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
