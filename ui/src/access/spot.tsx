/** An officer without account (article 22): enrolled at the counter from work ID and certificate, signs once with a code. */
import { Alert, Button, Form, Input, Modal, Typography } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useEnrolOfficer, type RequestOut, type SpotOut } from '../api/generated'
import { ArticleChip, Problem } from '../frame/parts'
import { stamp } from '../frame/time'

const SCANS = '.pdf,.jpg,.jpeg,.png'

interface Words {
  name: string
  work_id: string
}

/** `onEnrolled` gets the sign-in name when the code has been handed over. */
export function EnrolOfficer(props: { request: RequestOut; onEnrolled: (name: string) => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [handed, setHanded] = useState<SpotOut | null>(null)
  return (
    <>
      <Button type="link" onClick={() => setOpen(true)}>{t('spot.open')}</Button>
      {open && <Enrol request={props.request} onClose={() => setOpen(false)} onDone={(made) => { setOpen(false); setHanded(made) }} />}
      {handed !== null && (
        <Modal open title={t('people.once')} closable={false} footer={<Button type="primary" onClick={() => { props.onEnrolled(handed.name); setHanded(null) }}>{t('people.handed')}</Button>}>
          <Alert type="warning" className="spaced" title={t('spot.onceHint')} />
          <p>{t('spot.codeFor', { person: handed.display_name, name: handed.name })}</p>
          <p><Typography.Text code copyable className="one-time">{handed.code}</Typography.Text></p>
          <p className="secondary">{t('people.codeUntil', { time: stamp(handed.valid_until_ms) })}</p>
        </Modal>
      )}
    </>
  )
}

function Enrol(props: { request: RequestOut; onClose: () => void; onDone: (made: SpotOut) => void }) {
  const { t } = useTranslation()
  const { request } = props
  const [form] = Form.useForm<Words>()
  const [file, setFile] = useState<File | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const enrol = useEnrolOfficer({ onSuccess: props.onDone })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Modal open title={t('spot.title')} okText={t('spot.submit')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={enrol.isPending}>
      <p className="secondary">{t('spot.hint', { organ: request.organ })} <ArticleChip matter="papers" /></p>
      {request.officers.length > 0 && (
        <div className="row spaced">
          <span className="secondary">{t('access.named')}</span>
          {request.officers.map((officer) => <Button key={`${officer.name} ${officer.work_id}`} size="small" onClick={() => form.setFieldsValue(officer)}>{officer.name}</Button>)}
        </div>
      )}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(words) => enrol.mutate({ accessRequest: request.id, data: { ...words, ...(file === null ? {} : { file }) } })}>
        <Form.Item name="name" label={t('spot.name')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
        <Form.Item name="work_id" label={t('spot.workId')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
        <Form.Item label={t('spot.scan')} extra={t('spot.scanHint')}>
          <input ref={input} type="file" style={{ display: 'none' }} accept={SCANS} aria-label={t('spot.scan')} onChange={({ target }) => setFile(target.files?.[0] ?? null)} />
          <Button onClick={() => input.current?.click()}>{t('spot.pick')}</Button> <span className="wrap">{file?.name}</span>
        </Form.Item>
        {enrol.error !== null && <Problem problem={enrol.error} />}
      </Form>
    </Modal>
  )
}
