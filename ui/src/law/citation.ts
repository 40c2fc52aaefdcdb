/** How articles are named: as officials cite them in Chinese, Art. 22(1)(i) in English. */
import i18n from '../i18n'

const DIGITS = '\u96f6\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d' // the numerals zero to nine
const TEN = '\u5341'
const HUNDRED = '\u767e'
const HOUSE_RULE = '\u5185\u90e8\u89c4\u5219' // what no text has words for
const CITED = /^(\u300a.+\u300b)?\u7b2c(.{1,7})\u6761(?:\u7b2c(.{1,7})\u6b3e)?(?:\u7b2c(.{1,7})\u9879)?(\uff08\u5185\u90e8\u89c4\u5219\uff09)?$/ // title, article, paragraph, item, house rule beside it
const ROMAN = ['', 'i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix']

function value(numeral: string): number {
  let total = 0
  let digit = 0
  for (const character of numeral) {
    const tens = character === TEN ? 10 : character === HUNDRED ? 100 : 0
    if (tens > 0) {
      total += (digit === 0 ? 1 : digit) * tens
      digit = 0
    } else digit = DIGITS.indexOf(character)
  }
  return total + digit
}

const roman = (number: number): string => 'x'.repeat(Math.floor(number / 10)) + (ROMAN[number % 10] ?? '')

/** Whether there are no words behind it: a house rule where the texts in force are silent. */
export const isHouseRule = (article: string): boolean => article === HOUSE_RULE

/** The citation in the language of the screen. */
export function cited(words: string, language: string): string {
  if (words === HOUSE_RULE) return i18n.t('law.houseRule', { lng: language })
  const found = language === 'en-US' ? CITED.exec(words) : null
  if (found === null) return words
  const [, title = '', number = '', paragraph, item, house] = found
  return `${title}${title === '' ? '' : ' '}Art. ${value(number)}${paragraph === undefined ? '' : `(${value(paragraph)})`}${item === undefined ? '' : `(${roman(value(item))})`}${house === undefined ? '' : ` (${i18n.t('law.houseRule', { lng: language })})`}`
}
