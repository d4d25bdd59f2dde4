/** Fields of an address, as people and the page write them: what is missing or makes no sense is undefined. */
import { ifReadable, readAngle } from '../../numbers/written';

/** A number; nobody minds a degree sign. */
export function numberIn(fields: URLSearchParams, name: string): number | undefined {
  return readNumber(fields.get(name));
}

/** Numbers with commas between them. */
export function numbersIn(fields: URLSearchParams, name: string): (number | undefined)[] {
  return (fields.get(name) ?? '').split(',').map(readNumber);
}

export function oneOf<T extends string>(fields: URLSearchParams, name: string, known: readonly T[]): T | undefined {
  return known.find((one) => one === fields.get(name));
}

function readNumber(text: string | null): number | undefined {
  return ifReadable(() => readAngle(text ?? ''));
}

export function listed(point: readonly number[]): string {
  return point.map((value) => rounded(value, 4)).join(',');
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0; // -0 becomes 0
}

export function withoutGaps<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
