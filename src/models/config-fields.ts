/** Reading the fields of a configuration out of JSON that nobody has checked, and the error that names the one that is wrong. */

import { TrifoldError } from '../errors';

/** A model file whose configuration is missing, contradictory, or of a kind that is not supported. */
export class ModelConfigError extends TrifoldError {
  override readonly code = 'model-config';

  constructor(
    readonly field: string,
    readonly value: unknown,
    problem: string,
    remedy = 'Open a safetensors file that was written by "trifold convert" or by the training of this project (docs/model-format.md).',
  ) {
    super(`Model configuration, "${field}" = ${JSON.stringify(value)}: ${problem}`, remedy);
  }
}

/** Typed access to a JSON object out of a file that nobody has checked. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(json: string | object, where: string) {
    let parsed: unknown = json;
    if (typeof json === 'string') {
      try {
        parsed = JSON.parse(json);
      } catch {
        throw new ModelConfigError(where, json.slice(0, 80), 'not valid JSON');
      }
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw new ModelConfigError(where, parsed, 'expected a JSON object');
    }
    this.#values = Object.fromEntries(Object.entries(parsed));
  }

  get(field: string): unknown {
    return this.#values[field];
  }

  object(field: string): Fields {
    const value = this.get(field);
    if (typeof value !== 'object' || value === null) throw new ModelConfigError(field, value, 'expected an object');
    return new Fields(value, field);
  }

  number(field: string, fallback?: number): number {
    const value = this.get(field) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new ModelConfigError(field, value, 'expected a number');
    return value;
  }

  positive(field: string): number {
    const value = this.number(field);
    if (value <= 0) throw new ModelConfigError(field, value, 'expected a number above 0');
    return value;
  }

  optionalNumber(field: string): number | undefined {
    return this.get(field) === null || this.get(field) === undefined ? undefined : this.number(field);
  }

  integer(field: string, least: number, fallback?: number): number {
    const value = this.number(field, fallback);
    if (!Number.isInteger(value) || value < least || value > 1e7) {
      throw new ModelConfigError(field, value, `expected an integer of ${least} or more`);
    }
    return value;
  }

  boolean(field: string, fallback: boolean): boolean {
    const value = this.get(field) ?? fallback;
    if (typeof value !== 'boolean') throw new ModelConfigError(field, value, 'expected true or false');
    return value;
  }

  string(field: string, fallback?: string): string {
    const value = this.get(field) ?? fallback;
    if (typeof value !== 'string') throw new ModelConfigError(field, value, 'expected a text');
    return value;
  }
}
