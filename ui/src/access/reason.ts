import type { RequestStepOut } from '../api/generated'
import { cited } from '../law/citation'

/** Why a step is closed to this person, with its article, both in the language of the screen. */
export function reasonOf(step: RequestStepOut, language: string): string {
  const english = language === 'en-US'
  const why = (english ? step.reason_en : step.reason) ?? ''
  if (step.article === null || step.article === '' || why === '') return why
  const article = cited(step.article, language)
  return english ? `${why} (${article})` : `${why}〔${article}〕`
}
