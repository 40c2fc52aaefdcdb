/** One file did not pass one check. The words are those of the stand-alone verifier, in both languages. */
export class Failed extends Error {
  readonly file: string
  readonly check: string
  readonly zh: string
  readonly en: string

  constructor(file: string, check: string, zh: string, en: string) {
    super(en)
    this.file = file
    this.check = check
    this.zh = zh
    this.en = en
  }
}

/** Nothing can be said: the means to judge are missing. */
export class Undecided extends Error {
  readonly zh: string
  readonly en: string

  constructor(zh: string, en: string) {
    super(en)
    this.zh = zh
    this.en = en
  }
}
