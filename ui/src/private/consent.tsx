/** Another person of the unit consents, narrows or refuses; any of them takes it back. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, Input, Modal, Switch } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { consentToPrivateViewing, refusePrivateViewing, withdrawPrivateViewing, type ConsentForm, type PrivatePageOut } from '../api/generated'
import { ArticleChip, Problem } from '../frame/parts'
import { TimeRange } from '../frame/range'
import { zone } from '../frame/time'

interface Words {
  cameras: string[]
  range: [Dayjs, Dayjs]
  mask_others: boolean
  note?: string
}

interface Props {
  page: PrivatePageOut
  changed: () => void
}

/** What the server is told: a narrower scope only where it differs. */
function scope(page: PrivatePageOut, words: Words): ConsentForm {
  const seconds = (ms: number): number => Math.floor(ms / 1000)
  const [from, to] = words.range
  // the picker shows whole seconds: an untouched border keeps its own milliseconds
  const start_ms = seconds(page.start_ms) === seconds(from.valueOf()) ? page.start_ms : from.valueOf()
  const end_ms = seconds(page.end_ms) === seconds(to.valueOf()) ? page.end_ms : to.valueOf()
  return { cameras: words.cameras, start_ms, end_ms, mask_others: words.mask_others, note: (words.note ?? '').trim() }
}

export function Consent(props: Props) {
  const { t } = useTranslation()
  const { page, changed } = props
  const [form] = Form.useForm<Words>()
  const consent = useMutation({ mutationFn: (words: Words) => consentToPrivateViewing(page.id, scope(page, words)), onSuccess: changed })
  const refuse = useMutation({ mutationFn: (note: string) => refusePrivateViewing(page.id, { note }), onSuccess: changed })
  const required = { required: true, message: t('common.required') }
  const no = (): void => {
    const note = (form.getFieldValue('note') as string | undefined)?.trim() ?? ''
    if (note.length < 4) form.setFields([{ name: 'note', errors: [t('private.notePlaceholder')] }])
    else refuse.mutate(note)
  }
  return (
    <section className="panel" aria-label={t('private.decide')}>
      <div className="panel-head"><h2>{t('private.decide')}</h2><ArticleChip matter="private" /></div>
      <p className="secondary">{t('private.decideHint')}</p>
      <Form<Words> form={form} layout="vertical" requiredMark={false} initialValues={{ cameras: page.cameras, range: [dayjs(page.start_ms), dayjs(page.end_ms)], mask_others: true }} onFinish={(words) => consent.mutate(words)}>
        <Form.Item name="cameras" label={t('private.cameras')} rules={[required]}>
          <Checkbox.Group options={page.cameras.map((value, n) => ({ value, label: page.camera_names[n] ?? value }))} />
        </Form.Item>
        <Form.Item name="range" label={`${t('private.period')}（${zone()}）`} rules={[required]}><TimeRange minDate={dayjs(page.start_ms)} maxDate={dayjs(page.end_ms)} /></Form.Item>
        <Form.Item name="mask_others" label={t('private.masking')} extra={t('private.maskingHint')} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="note" label={t('private.note')}><Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('private.notePlaceholder')} /></Form.Item>
        {(consent.error ?? refuse.error) !== null && <Problem problem={consent.error ?? refuse.error} />}
        <div className="row">
          <Button type="primary" size="large" htmlType="submit" loading={consent.isPending}>{t('private.consent')}</Button>
          <Button danger size="large" loading={refuse.isPending} onClick={no}>{t('private.refuse')}</Button>
        </div>
      </Form>
    </section>
  )
}

export function Withdraw(props: Props) {
  const { t } = useTranslation()
  const { page, changed } = props
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<{ note: string }>()
  const withdraw = useMutation({
    mutationFn: (note: string) => withdrawPrivateViewing(page.id, { note }),
    onSuccess: () => {
      setOpen(false)
      changed()
    },
  })
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>{t('private.withdraw')}</Button>
      <Modal open={open} title={t('private.withdrawTitle')} okText={t('private.withdraw')} cancelText={t('common.cancel')} okButtonProps={{ danger: true }} confirmLoading={withdraw.isPending} onCancel={() => setOpen(false)} onOk={() => form.submit()}>
        <Alert type="info" className="spaced" title={t('private.withdrawFollows')} />
        <Form form={form} layout="vertical" requiredMark={false} onFinish={({ note }) => withdraw.mutate(note.trim())}>
          <Form.Item name="note" label={t('private.withdrawWhy')} rules={[{ required: true, whitespace: true, message: t('common.required') }, { min: 4, message: t('access.useShort') }]}><Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} /></Form.Item>
          {withdraw.error !== null && <Problem problem={withdraw.error} />}
        </Form>
      </Modal>
    </>
  )
}
