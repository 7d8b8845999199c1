// Calls of the MetaService. Every one has a deadline; the token travels in a header, never in an address.

const tokenName = "mmc-token";
const deadlineMs = 8000;

/** The server answered, and the answer is no. */
export class Refused extends Error {
  constructor(message, answer) {
    super(message);
    this.answer = answer;
  }
}

/** The server wants a token, or another one. */
export class TokenWanted extends Error {}

/** There was no answer, or none that makes sense. */
export class Unreachable extends Error {}

let remembered = null;

export function token() {
  try {
    return sessionStorage.getItem(tokenName) ?? remembered;
  } catch {
    return remembered;
  }
}

export function setToken(value) {
  remembered = value;
  try {
    if (value === null) {
      sessionStorage.removeItem(tokenName);
    } else {
      sessionStorage.setItem(tokenName, value);
    }
  } catch {
    // Storage is forbidden: the token lives as long as this page.
  }
}

async function request(path, options) {
  const headers = new Headers(options?.headers);
  const secret = token();
  if (secret) {
    headers.set("Authorization", `Bearer ${secret}`);
  }

  let response;
  let text;
  try {
    response = await fetch(path, {
      ...options, headers, cache: "no-store", credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(deadlineMs),
    });
    text = await response.text();
  } catch (error) {
    throw new Unreachable(error.name === "TimeoutError" ? "it does not answer" : "no connection");
  }

  if (response.status === 401) {
    throw new TokenWanted(secret ? "This token is not accepted." : "");
  }

  return read(response, text);
}

function read(response, text) {
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // Said below.
  }

  if (answer?.success === false || (!response.ok && answer)) {
    throw new Refused(answer.error_message ?? answer.detail ?? answer.title ?? `it answers ${response.status}`, answer);
  }

  if (response.status >= 500) {
    throw new Unreachable(`it answers ${response.status}`);
  }

  if (!response.ok) {
    throw new Refused(response.status === 403 ? "not allowed here" : `it answers ${response.status}`);
  }

  if (answer === null) {
    throw new Unreachable("its answer makes no sense");
  }

  return answer;
}

export const overview = () => request("/api/v1/overview");
export const history = (range, after) => request(`/api/v1/history?range=${range}&after=${after}`);
export const events = (after) => request(`/api/v1/events?after=${after}`);
export const missRatioCurve = () => request("/api/v1/analysis/miss_ratio_curve");
export const queryKey = (key) => request(`/query_key?key=${encodeURIComponent(key)}`);
export const beginDrain = (segments, policy) => request("/api/v1/drain_jobs", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ segments, policy }),
});
export const cancelDrain = (job) => request(`/api/v1/drain_jobs/cancel?job_id=${encodeURIComponent(job)}`, { method: "POST" });
