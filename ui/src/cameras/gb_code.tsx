/** The 20-digit code of GB/T 28181, typed whole or picked by its parts; the server is asked whether it can be had. */
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import { getSitingWordsQueryOptions, getTryCodeQueryOptions } from '../api/generated'
import { StateMark } from '../frame/parts'

const LENGTH = 20
/** Where each part ends; Annex E of the standard. */
const PARTS = { territory: [0, 6], access: [6, 8], industry: [8, 10], type: [10, 13], network: [13, 14], serial: [14, 20] } as const
type Part = keyof typeof PARTS
const UNSAID: Record<Part, string> = { territory: '000000', access: '00', industry: '00', type: '132', network: '7', serial: '000001' }
const DIGITS = Array.from({ length: 10 }, (_, digit) => ({ value: `${digit}`, label: `${digit}` }))

/** The parts of a code; what it does not say yet is what most codes have. */
export function partsOf(code: string, territory: string): Record<Part, string> {
  const said = (part: Part): string => {
    const [from, to] = PARTS[part]
    return code.length >= to ? code.slice(from, to) : part === 'territory' ? territory.slice(0, to) : UNSAID[part]
  }
  return { territory: said('territory'), access: said('access'), industry: said('industry'), type: said('type'), network: said('network'), serial: said('serial') }
}

export const codeOf = (parts: Record<Part, string>): string => (Object.keys(PARTS) as Part[]).map((part) => parts[part]).join('')

function Check(props: { camera: string; code: string; onTake: (code: string) => void }) {
  const { t } = useTranslation()
  const tried = useQuery({ ...getTryCodeQueryOptions(props.camera, { code: props.code }), enabled: props.code.length === LENGTH, retry: false })
  if (props.code.length !== LENGTH) return <StateMark standing="unknown">{t('siting.codeShort', { n: props.code.length, of: LENGTH })}</StateMark>
  if (tried.error !== null) return <StateMark standing="overdue">{tried.error instanceof Refusal ? tried.error.whole : String(tried.error)}</StateMark>
  if (tried.data === undefined) return <StateMark standing="unknown">{t('common.loading')}</StateMark>
  const { taken, free } = tried.data
  return (
    <>
      <StateMark standing={taken ? 'overdue' : 'met'}>{t(taken ? 'siting.codeTaken' : 'siting.codeFree')}</StateMark>
      {taken && free !== '' && <Button size="small" onClick={() => props.onTake(free)}>{t('siting.codeNext', { code: free.slice(PARTS.serial[0]) })}</Button>}
    </>
  )
}

export function CodeField(props: { id?: string; value?: string; onChange?: (code: string) => void; camera: string; territory: string }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const words = useQuery(getSitingWordsQueryOptions())
  const code = props.value ?? ''
  const parts = partsOf(code, props.territory)
  const change = (text: string): void => props.onChange?.(text)
  const set = (part: Part, text: string): void => change(codeOf({ ...parts, [part]: text }))
  const digits = (part: Part, text: string): void => {
    const [from, to] = PARTS[part]
    set(part, text.replace(/\D/g, '').slice(-(to - from)).padStart(to - from, '0'))
  }
  const choices = (rows: readonly { key: string; name: string; name_en: string }[], now: string) => {
    const known = rows.map((row) => ({ value: row.key, label: `${row.key} ${english ? row.name_en : row.name}` }))
    return known.some((row) => row.value === now) ? known : [{ value: now, label: now }, ...known] // other industries are lawful codes too
  }
  return (
    <div className="gb-code">
      <Input {...(props.id === undefined ? {} : { id: props.id })} className="mono" inputMode="numeric" maxLength={LENGTH} value={code} onChange={(event) => change(event.target.value.replace(/\D/g, ''))} />
      <div className="row" role="status"><Check camera={props.camera} code={code} onTake={change} /></div>
      <div className="gb-parts">
        <label>{t('siting.codeTerritory')}<Input className="mono" inputMode="numeric" value={parts.territory} onChange={(event) => digits('territory', event.target.value)} /></label>
        <label>{t('siting.codeAccess')}<Input className="mono" inputMode="numeric" value={parts.access} onChange={(event) => digits('access', event.target.value)} /></label>
        <label>{t('siting.codeIndustry')}<Select aria-label={t('siting.codeIndustry')} showSearch={{ optionFilterProp: 'label' }} value={parts.industry} options={choices(words.data?.industries ?? [], parts.industry)} onChange={(key) => set('industry', key)} /></label>
        <label>{t('siting.codeType')}<Select aria-label={t('siting.codeType')} value={parts.type} options={choices(words.data?.types ?? [], parts.type)} onChange={(key) => set('type', key)} /></label>
        <label>{t('siting.codeNetwork')}<Select aria-label={t('siting.codeNetwork')} value={parts.network} options={DIGITS} onChange={(digit) => set('network', digit)} /></label>
        <label>{t('siting.codeSerial')}<Input className="mono" inputMode="numeric" value={parts.serial} onChange={(event) => digits('serial', event.target.value)} /></label>
      </div>
      {code === '' && <Button size="small" onClick={() => change(codeOf(parts))}>{t('siting.codeBuild')}</Button>}
    </div>
  )
}
