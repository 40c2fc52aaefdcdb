/** All words on the screen. Chinese first; a test fails when English lacks a key or a screen names an unknown one. */
import i18n from 'i18next'
import { initReactI18next } from 'react-i18next'

import { access } from './access'
import { assets } from './assets'
import { bench } from './bench'
import { complaints } from './complaints'
import { display } from './display'
import { evidence } from './evidence'
import { filing } from './filing'
import { frame } from './frame'
import { health } from './health'
import { identity } from './identity'
import { keeping } from './keeping'
import { law } from './law'
import { leaks } from './leaks'
import { map } from './map'
import { organs } from './organs'
import { ownCopy } from './own_copy'
import { parts } from './parts'
import { places } from './places'
import { privately } from './private'
import { provider } from './provider'
import { sealing } from './sealing'
import { watching } from './watching'

export type Language = 'zh-CN' | 'en-US'

export const areas = [frame, identity, display, assets, access, evidence, health, keeping, law, parts, places, complaints, filing, leaks, map, organs, ownCopy, bench, watching, sealing, privately, provider]

export const texts: Record<Language, Record<string, unknown>> = {
  'zh-CN': Object.assign({}, ...areas.map((area) => area['zh-CN'])),
  'en-US': Object.assign({}, ...areas.map((area) => area['en-US'])),
}

const KEY = 'mingjian.language'

function remembered(): Language {
  try {
    return localStorage.getItem(KEY) === 'en-US' ? 'en-US' : 'zh-CN'
  } catch {
    return 'zh-CN' // storage may be closed off by policy; the language is then chosen per visit
  }
}

export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // as above
  }
  if (typeof document !== 'undefined') document.documentElement.lang = language
  void i18n.changeLanguage(language)
}

const language = remembered()
if (typeof document !== 'undefined') document.documentElement.lang = language
void i18n.use(initReactI18next).init({
  lng: language,
  fallbackLng: false,
  resources: { 'zh-CN': { translation: texts['zh-CN'] }, 'en-US': { translation: texts['en-US'] } },
  interpolation: { escapeValue: false }, // React escapes
  initAsync: false,
})

export default i18n
