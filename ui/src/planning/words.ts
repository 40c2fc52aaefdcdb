/** The texts of this area come with its pages; importing this module makes them known. */
import i18n, { type Language } from '../i18n'
import { planning } from '../i18n/planning'

for (const language of Object.keys(planning) as Language[]) i18n.addResourceBundle(language, 'translation', planning[language], true, false)
