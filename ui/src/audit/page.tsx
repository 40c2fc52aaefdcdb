/** The auditor's page: who saw what, when and why, by every filter; counted, questioned, and held against the ledger. */
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { serverNow } from '../frame/context'
import { ArticleChip, PageHead } from '../frame/parts'
import { stamp, zone } from '../frame/time'
import { Entries, useRegister } from '../ledger/entries'
import { Filters, useAuditSearch } from '../ledger/filters'
import { Keep } from '../ledger/register'
import './audit.css'
import { EntryDrawer } from './drawer'
import { Questions } from './questions'
import { Refused } from './refused'
import { Summary } from './summary'
import './words'

export function AuditPage() {
  const { t } = useTranslation()
  const [search, change] = useAuditSearch()
  const [open, setOpen] = useState<number | null>(null)
  const refused = search.refused === true
  const register = useRegister(search, !refused)
  return (
    <div className="page">
      <PageHead title={t('nav.audit')} purpose={t('audit.purpose')} act={<>{!refused && <Keep search={search} />} <ArticleChip matter="register" /> <ArticleChip matter="original" /></>} />
      <Segmented
        className="spaced"
        aria-label={t('audit.result')}
        value={refused ? 'refused' : 'seen'}
        options={(['seen', 'refused'] as const).map((value) => ({ value, label: t(`audit.${value}`) }))}
        onChange={(value) => change({ refused: value === 'refused' ? true : undefined })}
      />
      <Filters whole={!refused} people={register.people} cameras={register.cameras} kinds={refused ? [] : register.kinds} onRefresh={() => void register.answer.refetch()} />
      {refused ? <Refused search={search} /> : (
        <>
          <Summary search={search} />
          <Questions search={search} onOpen={setOpen} />
          <Entries register={register} open={(index) => <Button type="link" size="small" onClick={() => setOpen(index)}>{index}</Button>} />
        </>
      )}
      <p className="status-line">{t('common.asOf', { time: stamp(register.answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
      {open !== null && <EntryDrawer index={open} onClose={() => setOpen(null)} />}
    </div>
  )
}
