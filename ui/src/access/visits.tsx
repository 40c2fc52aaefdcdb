/** The visits under an approval and their register forms: what is on the form, who signed, who has to. */
import { PrinterOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Collapse } from 'antd'
import { useTranslation } from 'react-i18next'

import { getPrintRegisterFormUrl, getReadRegisterFormQueryOptions, signRegisterForm, useCoSignRegisterForm, type FormOut, type RequestOut, type UnderVisitOut } from '../api/generated'
import { requestQuery } from '../api/queries'
import { useSession } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Problem, StateMark } from '../frame/parts'
import { has } from '../frame/roles'
import { stamp } from '../frame/time'
import { CredentialForm } from './credential'
import { isLive, isOwn } from './kinds'
import { EnrolOfficer } from './spot'

export function Visits(props: { request: RequestOut }) {
  const { t } = useTranslation()
  const { request } = props
  if (request.visits.length === 0) return null
  const latest = request.visits.at(-1)
  return (
    <section className="panel" aria-label={t('access.visits')}>
      <div className="panel-head">
        <h2>{t('access.visits')}</h2>
        <ArticleChip matter="form" />
      </div>
      <Collapse
        ghost
        {...(latest === undefined ? {} : { defaultActiveKey: [latest.id] })}
        items={[...request.visits].reverse().map((visit) => ({
          key: visit.id,
          label: (
            <span className="row">
              <span>{t('access.visit', { n: visit.n })}</span>
              <span className="secondary">{stamp(visit.began_ms)} · {visit.staff}</span>
              {visit.open && <StateMark standing="active">{t('access.visitOpen')}</StateMark>}
            </span>
          ),
          children: <RegisterForm request={request} visit={visit} />,
        }))}
      />
    </section>
  )
}

function RegisterForm(props: { request: RequestOut; visit: UnderVisitOut }) {
  const { request, visit } = props
  const answer = useQuery(getReadRegisterFormQueryOptions(request.id, visit.id))
  return <Answered answer={answer} rows={4}>{(form) => <Filled {...props} form={form} />}</Answered>
}

function Filled(props: { request: RequestOut; visit: UnderVisitOut; form: FormOut }) {
  const { t, i18n } = useTranslation()
  const { request, visit, form } = props
  const session = useSession()
  const client = useQueryClient()
  const fresh = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: getReadRegisterFormQueryOptions(request.id, visit.id).queryKey })
    await client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey })
  }
  const own = useMutation({ mutationFn: () => signRegisterForm(request.id, visit.id), onSuccess: fresh })
  const officer = useCoSignRegisterForm({ onSuccess: fresh })
  const staff = has(session, 'unit_manager') && session.unit.id === request.holder
  const here = staff || (isLive(request.kind) && has(session, 'officer') && session.unit.id === request.asker)
  const open = visit.open && !isLive(request.kind)
  const language = i18n.language === 'en-US' ? 'en' : 'zh'
  return (
    <>
      <div className="row spaced">
        <span className="mono">{form.number}</span>
        <StateMark standing={form.complete ? 'met' : 'soon'}>{t(form.complete ? (isOwn(request) ? 'ownCopy.formComplete' : 'access.formComplete') : 'access.formOpen')}</StateMark>
        <span className="spring" />
        <Button icon={<PrinterOutlined />} href={getPrintRegisterFormUrl(request.id, visit.id, { language })} target="_blank">{t('access.printForm')}</Button>
      </div>
      {form.lines.length === 0 ? (
        <p className="secondary">{t('access.nothingSeen')}</p>
      ) : (
        <Listing
          dense
          rows={form.lines}
          rowKey={(line) => `${line.entry} ${line.camera}`}
          columns={[
            { key: 'camera', title: t('common.camera'), card: 'head', render: (line) => line.camera },
            { key: 'entry', title: t('access.entry'), card: 'mark', render: (line) => line.entry },
            { key: 'way', title: t('access.kind'), render: (line) => line.way },
            { key: 'footage', title: t('access.period'), render: (line) => line.footage },
            { key: 'seconds', title: t('access.delivered'), render: (line) => line.seconds },
          ]}
        />
      )}
      {form.remarks !== '' && <p className="secondary">{form.remarks}</p>}
      <ul className="plain">
        {form.signatures.map((one) => (
          <li key={one.entry}>
            <StateMark standing="met">{one.person}</StateMark>
            <span className="secondary">{one.side === 'holder' ? form.unit : form.organ}</span>
            <span className="spring" />
            <span className="secondary">{stamp(one.at_ms)} · {t('live.entry', { entry: one.entry })}</span>
          </li>
        ))}
        {form.missing.map((name) => <li key={name}><StateMark standing="unknown">{t('access.stillToSign', { name })}</StateMark></li>)}
        {!form.unit_signed && <li><StateMark standing="unknown">{t('access.stillToSign', { name: form.unit })}</StateMark></li>}
      </ul>
      <p className="secondary">{t('access.fingerprint')} <span className="mono">{form.fingerprint}</span></p>
      {here && open && <p className="secondary">{t('access.signAfter')}</p>}
      {here && !open && !form.complete && (
        <>
          <p>{form.confidentiality}</p>
          {form.missing.length > 0 && (
            <CredentialForm
              hint={t('access.formSignHint', { names: form.missing.join('、') })}
              submit={t(isOwn(request) ? 'ownCopy.signs' : 'access.officerSigns')}
              pending={officer.isPending}
              problem={officer.error}
              onSubmit={(data) => officer.mutateAsync({ accessRequest: request.id, visit: visit.id, data })}
              {...(staff && !isOwn(request) ? { enrol: (enrolled: (name: string) => void) => <EnrolOfficer request={request} onEnrolled={enrolled} /> } : {})}
            />
          )}
          {staff && (!form.unit_signed || (isOwn(request) && form.missing.includes(session.person.display_name))) && (
            <Button className="own-sign" loading={own.isPending} onClick={() => own.mutate()}>{t(isOwn(request) ? 'ownCopy.ownSigns' : 'access.unitSigns', { name: session.person.display_name })}</Button>
          )}
          {own.error !== null && <Problem problem={own.error} />}
        </>
      )}
    </>
  )
}
