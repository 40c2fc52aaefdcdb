/** The register of viewing, copying and retrieval: persons, time, purpose, destination. Nothing here can be changed. */
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { getPrintRegisterUrl } from '../api/generated'
import { askedOfRegister, type Asked } from '../api/queries'
import { serverNow } from '../frame/context'
import { ArticleChip, PageHead } from '../frame/parts'
import { stamp, zone } from '../frame/time'
import { Entries, useRegister } from './entries'
import { Filters, useAuditSearch } from './filters'

/** What the same question finds, to keep. */
export function Keep(props: { search: Asked }) {
  const { t } = useTranslation()
  const asked = askedOfRegister(props.search)
  return (
    <>
      <Button href={getPrintRegisterUrl({ ...asked, file: 'pdf' })} target="_blank">{t('entry.print')}</Button>{' '}
      <Button href={getPrintRegisterUrl({ ...asked, file: 'xlsx' })}>{t('entry.sheet')}</Button>
    </>
  )
}

export function RegisterPage() {
  const { t } = useTranslation()
  const [search] = useAuditSearch()
  const register = useRegister(search)
  return (
    <div className="page">
      <PageHead title={t('nav.register')} purpose={t('register.purpose')} act={<><Keep search={search} /> <ArticleChip matter="register" /></>} />
      <Filters whole people={register.people} cameras={register.cameras} kinds={register.kinds} onRefresh={() => void register.answer.refetch()} />
      <Entries register={register} open={(index) => <Link to="/register/$id" params={{ id: String(index) }}>{index}</Link>} />
      <p className="status-line">{t('common.asOf', { time: stamp(register.answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
