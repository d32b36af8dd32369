import { createHash, timingSafeEqual } from "node:crypto";
import { type HttpSettings, isLoopback } from "./http_settings.ts";

/** Who may ask. */
export interface Guard {
  /** Returns why a request is refused; `undefined`: it is let in. */
  admit(request: Request): Response | undefined;
  /** Answers a form with the token: a cookie, if it is the right one. */
  login(token: string): Response;
}

/** The name of the cookie. */
const COOKIE = "weir";

/** The names that a browser on this machine uses for it. */
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/**
 * Makes what decides who may ask. On a loopback address: whoever calls it by a
 * local name, so that no other site's page gets in by a name of its own (DNS
 * rebinding). On another one: whoever has the token. And no page of another
 * origin anywhere.
 */
export function createGuard({ host, token }: HttpSettings): Guard {
  const local = isLoopback(host);
  const cookie = token === undefined ? "" : digest(`cookie ${token}`);
  const authorized = (request: Request) => {
    if (token === undefined) return true;
    const header = request.headers.get("authorization") ?? "";
    const bearer = /^Bearer (.+)$/i.exec(header)?.[1];
    if (bearer !== undefined) return isSame(bearer, token);
    const cookies = (request.headers.get("cookie") ?? "").split(/; */);
    const given = cookies.find((one) => one.startsWith(`${COOKIE}=`));
    return given !== undefined &&
      isSame(given.slice(COOKIE.length + 1), cookie);
  };
  return {
    admit(request) {
      const { headers } = request;
      const name = headers.get("host") ?? "";
      if (local && !LOCAL.test(name)) {
        return refuse(
          403,
          "This server answers to localhost and 127.0.0.1 alone.",
        );
      }
      const origin = headers.get("origin");
      if (origin !== null && hostOf(origin) !== name) {
        return refuse(403, "Pages of other origins may not ask.");
      }
      const site = headers.get("sec-fetch-site");
      const isRead = request.method === "GET" || request.method === "HEAD";
      if (!isRead && (site === "cross-site" || site === "same-site")) {
        return refuse(403, "Pages of other origins may not ask.");
      }
      if (new URL(request.url).pathname === "/login") return undefined;
      return authorized(request)
        ? undefined
        : refuse(401, "A token is needed.");
    },
    login(given) {
      if (token === undefined || !isSame(given, token)) {
        return refuse(401, "This is not the token.");
      }
      const attributes = "HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000";
      return new Response(null, {
        status: 303,
        headers: {
          location: "/",
          "set-cookie": `${COOKIE}=${cookie}; ${attributes}`,
        },
      });
    },
  };
}

function refuse(status: number, why: string): Response {
  const headers: HeadersInit = { "content-type": "text/plain; charset=utf-8" };
  if (status === 401) headers["www-authenticate"] = "Bearer";
  return new Response(`${why}\n`, { status, headers });
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

const digest = (text: string) =>
  createHash("sha256").update(text).digest("hex");

/** Whether two texts are the same, in a time that does not tell where they differ. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) =>
    createHash("sha256").update(text).digest()
  );
  return timingSafeEqual(one, other);
}
