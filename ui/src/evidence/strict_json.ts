/**
 * JSON without doubt: integers of any size as bigint (nanoseconds do not fit a double), no fractions, no duplicate keys.
 * The reading helpers throw where a value is not what the format says.
 */

export type Value = null | boolean | bigint | string | Value[] | Fields
export type Fields = Map<string, Value>

const MAX_DEPTH = 100
const SPACE = /[ \t\n\r]*/y
const WHOLE = /-?(?:0|[1-9]\d*)(?![\d.eE])/y
const QUOTED = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y

class Reader {
  at = 0
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found === null) return null
    this.at += found[0].length
    return found[0]
  }

  sign(expected: string): boolean {
    this.take(SPACE)
    if (!this.text.startsWith(expected, this.at)) return false
    this.at += expected.length
    return true
  }

  value(depth: number): Value {
    if (depth > MAX_DEPTH) throw new Error('too deep')
    if (this.sign('{')) return this.object(depth)
    if (this.sign('[')) return this.array(depth)
    if (this.sign('true')) return true
    if (this.sign('false')) return false
    if (this.sign('null')) return null
    const quoted = this.take(QUOTED)
    if (quoted !== null) return JSON.parse(quoted) as string
    const whole = this.take(WHOLE)
    if (whole === null) throw new Error(`not JSON at ${this.at}`)
    return BigInt(whole)
  }

  object(depth: number): Fields {
    const out: Fields = new Map()
    if (this.sign('}')) return out
    do {
      this.take(SPACE)
      const quoted = this.take(QUOTED)
      if (quoted === null || !this.sign(':')) throw new Error('not an object')
      const key = JSON.parse(quoted) as string
      if (out.has(key)) throw new Error('duplicate key')
      out.set(key, this.value(depth + 1))
    } while (this.sign(','))
    if (!this.sign('}')) throw new Error('object not closed')
    return out
  }

  array(depth: number): Value[] {
    const out: Value[] = []
    if (this.sign(']')) return out
    do out.push(this.value(depth + 1))
    while (this.sign(','))
    if (!this.sign(']')) throw new Error('array not closed')
    return out
  }
}

export function parseStrict(text: string): Value {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.take(SPACE)
  if (reader.at !== text.length) throw new Error('text after JSON')
  return value
}

export function fields(value: Value | undefined): Fields {
  if (!(value instanceof Map)) throw new Error('not an object')
  return value
}

export function list(value: Value | undefined): Value[] {
  if (!Array.isArray(value)) throw new Error('not a list')
  return value
}

export function string(value: Value | undefined): string {
  if (typeof value !== 'string') throw new Error('not a text')
  return value
}

export function whole(value: Value | undefined): bigint {
  if (typeof value !== 'bigint') throw new Error('not an integer')
  return value
}
