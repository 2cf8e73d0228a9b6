import { isPlainObject, type Json } from '../../../src/base/stable-json.js';
import type { Caller } from './runtime-token.js';

/** An object as JSON has it. */
export type JsonObject = Readonly<Record<string, Json>>;

/** The answer of a service to a call. */
export type TwirpAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: JsonObject;
};

/** One method of a service, as a caller with a valid token sees it. */
export type TwirpMethod = (request: JsonObject, caller: Caller) => Promise<TwirpAnswer>;

/** The methods of a service by name. */
export type TwirpMethods = Readonly<Record<string, TwirpMethod>>;

/** Twirp's error codes and their HTTP status, https://twitchtv.github.io/twirp/docs/spec_v7.html#error-codes. */
const STATUS = {
  already_exists: 409,
  bad_route: 404,
  internal: 500,
  invalid_argument: 400,
  malformed: 400,
  not_found: 404,
  permission_denied: 403,
  resource_exhausted: 429,
  unauthenticated: 401,
} as const;

/** An answer with HTTP status 200. */
export const reply = (body: JsonObject): TwirpAnswer => ({ status: 200, body });

/** An error as Twirp services send them. */
export const refuse = (code: keyof typeof STATUS, msg: string, headers: Record<string, string> = {}): TwirpAnswer => ({
  status: STATUS[code],
  headers,
  body: { code, msg },
});

/** The text of a field; clients leave out fields that hold the default. */
export const text = (request: JsonObject, field: string): string => {
  const value = request[field];
  return typeof value === 'string' ? value : '';
};

/** The texts of a repeated field. */
export const texts = (request: JsonObject, field: string): readonly string[] => {
  const value = request[field];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

/** The object that a request's body holds, if it holds one. */
export const readJsonObject = (body: Buffer): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isPlainObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
};
