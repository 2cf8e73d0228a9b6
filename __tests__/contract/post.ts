import type { Json } from '../../src/base/stable-json.js';

/** The answer to a call of the service. */
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, Json>>;
};

/** Calls a method of the service, such as `CacheService/CreateCacheEntry`, with no client in between. */
export const post = async (env: Readonly<Record<string, string>>, method: string, request: Json): Promise<Answer> => {
  const { ACTIONS_RESULTS_URL: url = '', ACTIONS_RUNTIME_TOKEN: token = '' } = env;
  const response = await fetch(`${url}twirp/github.actions.results.api.v1.${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Readonly<Record<string, Json>>,
  };
};
