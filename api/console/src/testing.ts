// What the tests of plain functions assert with. Only *.test.ts files import it; no test is in the built console.
function fail(message: string): never {
  throw new Error(message);
}

export function equal(found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) fail(`found ${a}, expected ${b}`);
}

export function near(found: number, expected: number, most: number): void {
  if (!(Math.abs(found - expected) <= most)) fail(`found ${found}, expected ${expected} within ${most}`);
}

export function truthy(value: boolean): void {
  if (!value) fail("is not so");
}
