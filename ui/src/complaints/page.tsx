/** One complaint: what was sent, who answers, what was said; whoever may reply does so here. */
import { useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { App, Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { getReadComplaintQueryKey, useReadComplaint, useReplyToComplaint, type ComplaintOut } from '../api/generated'
import { serverNow } from '../frame/context'
import { Facts } from '../frame/entity'
import { Answered, ArticleChip, PageHead, Problem } from '../frame/parts'
import { stamp, zone } from '../frame/time'
import { ComplaintState } from './state'

const TEXT = { shortest: 5, longest: 2_000 } // as the server counts

function ReplyForm(props: { complaint: ComplaintOut }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [form] = Form.useForm<{ text: string }>()
  const reply = useReplyToComplaint({
    onSuccess: async () => {
      form.resetFields()
      void message.success(t('complaints.sent'))
      await client.invalidateQueries({ queryKey: getReadComplaintQueryKey(props.complaint.id) })
    },
  })
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(data: { text: string }) => reply.mutate({ complaint: props.complaint.id, data })}>
      <Form.Item name="text" label={t('complaints.reply')} extra={t('complaints.replyHint')} rules={[{ required: true, min: TEXT.shortest, whitespace: true, message: t('common.required') }]}>
        <Input.TextArea rows={4} maxLength={TEXT.longest} />
      </Form.Item>
      {reply.error !== null && <Problem problem={reply.error} />}
      <Button type="primary" htmlType="submit" loading={reply.isPending}>{t('complaints.send')}</Button>
    </Form>
  )
}

function Replies(props: { complaint: ComplaintOut }) {
  const { t } = useTranslation()
  const { replies } = props.complaint
  if (replies.length === 0) return <p className="secondary">{t('complaints.noReplies')}</p>
  return (
    <ul className="plain">
      {replies.map((said) => (
        <li key={said.at_ms}>
          <div>
            <strong>{said.name}</strong> <span className="secondary">{stamp(said.at_ms)}</span>
            <div className="wrap">{said.text}</div>
          </div>
        </li>
      ))}
    </ul>
  )
}

function Whole(props: { complaint: ComplaintOut }) {
  const { t } = useTranslation()
  const { complaint } = props
  const missing = complaint.contact === null ? t('complaints.hiddenContact') : t('complaints.noContact')
  return (
    <>
      <section className="panel">
        <Facts
          facts={[
            { key: 'place', label: t('complaints.place'), value: <span className="wrap">{complaint.place_name}</span> },
            { key: 'received', label: t('complaints.received'), value: stamp(complaint.received_ms) },
            { key: 'organ', label: t('complaints.organ'), value: complaint.organ === '' ? t('complaints.noOrgan') : complaint.organ },
            { key: 'contact', label: t('complaints.contact'), value: complaint.contact ? <span className="wrap">{complaint.contact}</span> : <span className="secondary">{missing}</span> },
          ]}
        />
      </section>
      <section className="panel">
        <h2>{t('complaints.text')}</h2>
        <p className="wrap">{complaint.text}</p>
      </section>
      <section className="panel">
        <h2>{t('complaints.replies')}</h2>
        <Replies complaint={complaint} />
        {complaint.may_reply ? <ReplyForm complaint={complaint} /> : <p className="secondary">{t('complaints.notYours')}</p>}
      </section>
    </>
  )
}

export function ComplaintPage() {
  const { t } = useTranslation()
  const { id } = useParams({ strict: false })
  const answer = useReadComplaint(id ?? '')
  const { data } = answer
  return (
    <div className="page">
      <PageHead
        title={data === undefined ? t('complaints.title') : t('complaints.one', { number: data.number })}
        act={<div className="row">{data !== undefined && <ComplaintState complaint={data} />}<ArticleChip matter="complaint" /></div>}
      />
      <Answered answer={answer}>{(complaint) => <Whole complaint={complaint} />}</Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
