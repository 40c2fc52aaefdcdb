import type { RequestStepOut } from '../api/generated'

/** Why a step is closed to this person, with its article, in the language of the screen. */
export function reasonOf(step: RequestStepOut, language: string): string {
  const why = (language === 'en-US' ? step.reason_en : step.reason) ?? ''
  return step.article === null || step.article === '' || why === '' ? why : `${why}〔${step.article}〕`
}
