/** The lawful next steps of a request as its procedure table gives them; each says what follows and asks for its reason. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Modal, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  approveRequest,
  completeRequest,
  exportRequest,
  refuseRequest,
  withdrawRequest,
  type ApprovalForm,
  type CameraOut,
  type RequestOut,
  type RequestStepOut,
} from '../api/generated'
import { requestQuery, requestsQuery } from '../api/queries'
import { ArticleChip, Problem } from '../frame/parts'
import { TimeRange } from '../frame/range'
import { reasonOf } from './reason'
import { dateOf } from '../frame/time'

interface Words {
  comment?: string
  reason?: string
  cameras?: string[]
  range?: [Dayjs, Dayjs]
}

/** What the server is told: a narrower scope only where it differs from the request. */
export function scope(request: RequestOut, words: Words): ApprovalForm {
  const body: ApprovalForm = {}
  if (words.comment !== undefined) body.comment = words.comment.trim()
  if (words.cameras !== undefined && words.cameras.length !== request.cameras.length) body.cameras = words.cameras
  const [from, to] = words.range ?? []
  if (from !== undefined && to !== undefined) {
    // the picker shows whole seconds: an untouched border keeps the request's own milliseconds
    const start_ms = Math.floor(request.start_ms / 1000) === Math.floor(from.valueOf() / 1000) ? request.start_ms : from.valueOf()
    const end_ms = Math.floor(request.end_ms / 1000) === Math.floor(to.valueOf() / 1000) ? request.end_ms : to.valueOf()
    if (start_ms !== request.start_ms || end_ms !== request.end_ms) Object.assign(body, { start_ms, end_ms })
  }
  return body
}

/** The steps that are asked for here; the others have places of their own on the request's page. */
const ASKED: Partial<Record<RequestStepOut['step'], (request: RequestOut, words: Words) => Promise<RequestOut>>> = {
  approve: (request, words) => approveRequest(request.id, scope(request, words)),
  refuse: (request, words) => refuseRequest(request.id, { reason: (words.reason ?? '').trim() }),
  withdraw: (request) => withdrawRequest(request.id),
  complete: (request) => completeRequest(request.id),
  export: (request) => exportRequest(request.id),
}

export function Acts(props: { request: RequestOut; cameras: CameraOut[] }) {
  const { i18n } = useTranslation()
  const { request } = props
  const [asking, setAsking] = useState<RequestStepOut | null>(null)
  const steps = request.steps.filter((step) => step.step in ASKED)
  if (steps.length === 0) return null
  const name = (step: RequestStepOut): string => (i18n.language === 'en-US' ? step.label_en : step.label)
  return (
    <div className="row spaced">
      {steps.map((step) => (
        <span key={step.step} className="row">
            <Button
              type={step.allowed && (step.step === 'approve' || step.step === 'export' || step.step === 'complete') ? 'primary' : 'default'}
              danger={step.step === 'refuse'}
              disabled={!step.allowed}
              onClick={() => setAsking(step)}
            >
              {name(step)}
            </Button>
          {!step.allowed && <span className="secondary">{reasonOf(step, i18n.language)}</span>}
        </span>
      ))}
      {asking !== null && <Ask request={request} step={asking} title={name(asking)} cameras={props.cameras} onClose={() => setAsking(null)} />}
    </div>
  )
}

function Ask(props: { request: RequestOut; step: RequestStepOut; title: string; cameras: CameraOut[]; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { request, step } = props
  const client = useQueryClient()
  const [form] = Form.useForm<Words>()
  const names = new Map(props.cameras.map((camera) => [camera.id, camera.name]))
  const act = useMutation({
    mutationFn: async (words: Words) => ASKED[step.step]?.(request, words),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: requestsQuery.queryKey })
      await client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey })
      message.success(t('access.done', { step: props.title }))
      props.onClose()
    },
  })
  const required = { required: true, whitespace: true, message: t('common.required') }
  return (
    <Modal open title={`${props.title} · ${request.number}`} okText={props.title} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending} okButtonProps={{ danger: step.step === 'refuse' }}>
      <Form<Words>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(words) => act.mutate(words)}
        initialValues={{ cameras: request.cameras, range: [dayjs(request.start_ms), dayjs(request.end_ms)] }}
      >
        <Alert type="info" className="spaced" title={t(`access.effect.${step.step}`)} action={<ArticleChip article={step.step === 'approve' || step.step === 'refuse' ? 'a21' : 'a22_1'} />} />
        {step.step === 'approve' && (
          <>
            <Form.Item name="cameras" label={t('access.narrowCameras')} rules={[{ required: true, message: t('common.required') }]}>
              <Select mode="multiple" options={request.cameras.map((id) => ({ value: id, label: names.get(id) ?? id }))} />
            </Form.Item>
            <Form.Item name="range" label={t('access.narrowPeriod')} rules={[{ required: true, message: t('common.required') }]}>
              <TimeRange minDate={dayjs(dateOf(request.start_ms))} maxDate={dayjs(request.end_ms)} />
            </Form.Item>
            <Form.Item name="comment" label={t('access.comment')} rules={[required]}>
              <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
            </Form.Item>
          </>
        )}
        {step.step === 'refuse' && (
          <Form.Item name="reason" label={t('access.reason')} extra={t('access.refuseHint')} rules={[required]}>
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
          </Form.Item>
        )}
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}
