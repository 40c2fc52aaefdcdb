/** What was viewed, the sheet to print, and its two signatures. */
import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { useTranslation } from 'react-i18next'

import { getKeepPrivateScanUrl, getPrintPrivateSheetUrl, getReadPrivateScanUrl, signPrivateSheet, type PrivatePageOut, type PrivateSignForm } from '../api/generated'
import { Listing } from '../frame/listing'
import { Problem, StateMark } from '../frame/parts'
import { bytes, span, stamp } from '../frame/time'
import { Upload } from '../frame/upload'

const HOW = ['screen', 'paper'] as const

export function Sittings(props: { page: PrivatePageOut }) {
  const { t, i18n } = useTranslation()
  const { page } = props
  const name = (id: string): string => page.camera_names[page.cameras.indexOf(id)] ?? id
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t('private.sittings')}</h2>
        <Button href={getPrintPrivateSheetUrl(page.id, { language: i18n.language === 'en-US' ? 'en' : 'zh' })} target="_blank" rel="noreferrer">{t('private.print')}</Button>
      </div>
      {page.sittings.length === 0 ? <p className="secondary">{t('private.noSitting')}</p> : (
        <Listing
          rows={page.sittings}
          rowKey={(one) => one.entry}
          columns={[
            { key: 'entry', title: t('private.entry'), card: 'head', render: (one) => one.entry },
            { key: 'began', title: t('private.began'), render: (one) => stamp(one.began_ms) },
            { key: 'ended', title: t('private.ended'), render: (one) => one.ended_ms === null ? <StateMark standing="active">{t('private.going')}</StateMark> : stamp(one.ended_ms) },
            { key: 'seconds', title: t('private.seconds'), render: (one) => span(one.seconds) },
            { key: 'place', title: t('private.place'), render: (one) => one.place },
            { key: 'companion', title: t('private.companion'), render: (one) => one.companion },
            { key: 'cameras', title: t('private.cameras'), card: 'wide', ellipsis: true, render: (one) => one.cameras.map(name).join('、') },
          ]}
        />
      )}
    </section>
  )
}

export function Scans(props: { page: PrivatePageOut; may: boolean; changed: () => void }) {
  const { t } = useTranslation()
  const { page } = props
  const upload = (kind: 'identity' | 'sheet') => (
    <Upload address={getKeepPrivateScanUrl(page.id, { kind })} label={t(kind === 'identity' ? 'private.scanIdentity' : 'private.scanSheet')} onDone={props.changed} />
  )
  return (
    <section className="panel">
      <h2>{t('private.scans')}</h2>
      {page.scans.length === 0 && <p className="secondary">{t('private.noScan')}</p>}
      <ul className="plain">
        {page.scans.map((scan) => (
          <li key={scan.id}>
            <a className="wrap" href={getReadPrivateScanUrl(page.id, scan.id)} target="_blank" rel="noreferrer">{scan.name}</a>
            <span>{t(`private.kind.${scan.kind}`)}</span>
            <span className="secondary">{bytes(scan.size_bytes)} · {scan.by} · {stamp(scan.at_ms)}</span>
          </li>
        ))}
      </ul>
      {props.may && page.state !== 'completed' && page.state !== 'refused' && <>{upload('identity')}{page.sittings.length > 0 && upload('sheet')}</>}
    </section>
  )
}

export function Sign(props: { page: PrivatePageOut; changed: () => void }) {
  const { t } = useTranslation()
  const { page } = props
  const [form] = Form.useForm<PrivateSignForm>()
  const how = Form.useWatch('how', form)
  const sign = useMutation({ mutationFn: (words: PrivateSignForm) => signPrivateSheet(page.id, { name: '', ...words }), onSuccess: props.changed })
  const words = { required: true, whitespace: true, message: t('common.required') }
  return (
    <section className="panel" aria-label={t('private.sign')}>
      <h2>{t('private.sign')}</h2>
      <p className="secondary">{t('private.signHint')}</p>
      <Form<PrivateSignForm> form={form} layout="vertical" requiredMark={false} initialValues={{ how: 'screen' }} onFinish={(given) => sign.mutate(given)}>
        <Form.Item name="outcome" label={t('private.outcome')} rules={[words, { min: 2 }]}><Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('private.outcomePlaceholder')} /></Form.Item>
        <Form.Item name="how" label={t('private.how')}><Radio.Group optionType="button" buttonStyle="solid" options={HOW.map((value) => ({ value, label: t(`private.howOf.${value}`) }))} /></Form.Item>
        {how !== 'paper' && <Form.Item name="name" label={t('private.signName')} rules={[words]}><Input maxLength={64} autoComplete="off" /></Form.Item>}
        {sign.error !== null && <Problem problem={sign.error} />}
        <Button type="primary" size="large" htmlType="submit" loading={sign.isPending}>{t('private.signNow')}</Button>
      </Form>
    </section>
  )
}
