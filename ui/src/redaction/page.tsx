/** One redacted copy: masks, draft, the other person's review, the one release. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert, App, Button, Form, Input, Progress, Select, Space } from 'antd'
import { use, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  getListPurposesQueryOptions, getReadRedactionQueryKey, openView, useLookAtRedaction, useReadRedaction, useReleaseRedaction, useRenderDraft, useReviewRedaction,
  useSaveMasks, useSubmitRedaction, useTakeRedaction, watchDraft, type RedactionMaskOut, type RedactionOut,
} from '../api/generated'
import { SessionContext } from '../frame/context'
import { Facts } from '../frame/entity'
import { Answered, ArticleChip, Loading, PageHead, Problem } from '../frame/parts'
import { saveAs } from '../frame/save'
import { bytes, span, stamp } from '../frame/time'
import { Editor } from './editor'
import { useFetched } from './fetched'
import { keepGrant, keptGrant } from './grant'
import { RedactionState } from './list'
import './redaction.css'

const FAST_MS = 700
const SLOW_MS = 5_000

function Opening(props: { redaction: RedactionOut; onOpened: (grant: string) => void }) {
  const { t } = useTranslation()
  const { redaction } = props
  const grounds = useQuery(getListPurposesQueryOptions())
  const open = useMutation({
    mutationFn: (words: { ground: string; purpose: string }) =>
      openView({ act: 'playback', cameras: [redaction.camera], start_ms: redaction.start_ms, end_ms: redaction.end_ms, ground: words.ground, purpose: words.purpose.trim() }),
    onSuccess: (view) => {
      keepGrant(redaction.id, view.grant)
      props.onOpened(view.grant)
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <section className="panel">
      <h2>{t('redaction.open')}</h2>
      <Form layout="vertical" requiredMark={false} initialValues={{ purpose: redaction.purpose }} onFinish={(words: { ground: string; purpose: string }) => open.mutate(words)}>
        <Form.Item name="ground" label={t('playback.ground')} rules={required}>
          <Select loading={grounds.isPending} options={(grounds.data?.purposes ?? []).map((ground) => ({ value: ground, label: t(`ground.${ground}`, { defaultValue: ground }) }))} />
        </Form.Item>
        <Form.Item name="purpose" label={t('access.use')} rules={[...required, { min: 4, message: t('access.useShort') }]}><Input maxLength={200} /></Form.Item>
        {open.error !== null && <Problem problem={open.error} />}
        <Button type="primary" htmlType="submit" loading={open.isPending}>{t('playback.open')}</Button>
      </Form>
    </section>
  )
}

function Masks(props: { redaction: RedactionOut; grant: string; changed: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { redaction } = props
  const [masks, setMasks] = useState<RedactionMaskOut[]>(redaction.masks)
  const [dirty, setDirty] = useState(false)
  const after = { onSuccess: () => props.changed() }
  const save = useSaveMasks({ onSuccess: () => { setDirty(false); props.changed(); void message.success(t('redaction.saved')) } })
  const render = useRenderDraft(after)
  const submit = useSubmitRedaction(after)
  const problem = save.error ?? render.error ?? submit.error
  return (
    <section className="panel">
      <h2>{t('redaction.masks')}</h2>
      <Editor redaction={redaction} grant={props.grant} masks={masks} onMasks={(next) => { setMasks(next); setDirty(true) }} />
      {problem !== null && <Problem problem={problem} />}
      <Space wrap>
        <Button type={dirty ? 'primary' : 'default'} loading={save.isPending} onClick={() => save.mutate({ redaction: redaction.id, data: { masks } })}>{t('redaction.save')}</Button>
        {!dirty && redaction.masks.length > 0 && <Button loading={render.isPending || redaction.share !== null} onClick={() => render.mutate({ redaction: redaction.id })}>{t('redaction.render')}</Button>}
        {!dirty && redaction.rendered && redaction.state === 'draft' && <Button type="primary" loading={submit.isPending} onClick={() => submit.mutate({ redaction: redaction.id })}>{t('redaction.submit')}</Button>}
      </Space>
    </section>
  )
}

function Draft(props: { redaction: RedactionOut; grant: string }) {
  const { t } = useTranslation()
  const { redaction, grant } = props
  const draft = useFetched(useCallback(() => watchDraft(redaction.id, { grant }), [redaction.id, grant]))
  return (
    <section className="panel">
      <h2>{t('redaction.draft')}</h2>
      {draft.problem !== null && <Problem problem={draft.problem} />}
      {draft.url === null && draft.problem === null && <Loading rows={4} />}
      {draft.url !== null && (
        <video
          className="redaction-video"
          controls
          controlsList="nodownload noremoteplayback"
          disablePictureInPicture
          disableRemotePlayback
          src={draft.url}
          onContextMenu={(event) => event.preventDefault()}
        >
          <track kind="captions" />
        </video>
      )}
      <p className="secondary">{t('redaction.draftHint')}</p>
    </section>
  )
}

function Review(props: { redaction: RedactionOut; grant: string; changed: () => void }) {
  const { t } = useTranslation()
  const { redaction } = props
  const after = { onSuccess: () => props.changed() }
  const look = useLookAtRedaction(after)
  const review = useReviewRedaction(after)
  const [note, setNote] = useState('')
  if (!redaction.looked) {
    return (
      <section className="panel">
        <h2>{t('redaction.review')}</h2>
        {look.error !== null && <Problem problem={look.error} />}
        <Button type="primary" loading={look.isPending} onClick={() => look.mutate({ redaction: redaction.id, data: { grant: props.grant } })}>{t('redaction.look')}</Button>
      </section>
    )
  }
  return (
    <section className="panel">
      <h2>{t('redaction.review')}</h2>
      <Input.TextArea rows={2} maxLength={500} value={note} aria-label={t('redaction.note')} placeholder={t('redaction.note')} onChange={(event) => setNote(event.target.value)} className="spaced" />
      {review.error !== null && <Problem problem={review.error} />}
      <Space wrap>
        <Button type="primary" loading={review.isPending} onClick={() => review.mutate({ redaction: redaction.id, data: { approve: true, note } })}>{t('redaction.approve')}</Button>
        <Button danger loading={review.isPending} onClick={() => review.mutate({ redaction: redaction.id, data: { approve: false, note } })}>{t('redaction.return')}</Button>
      </Space>
    </section>
  )
}

function Release(props: { redaction: RedactionOut; changed: () => void }) {
  const { t } = useTranslation()
  const { redaction } = props
  const release = useReleaseRedaction({ onSuccess: () => props.changed() })
  // asked for by the page's own call: a form's navigation bears no origin under `no-referrer`, and is refused
  const take = useTakeRedaction({
    onSuccess: (file) => {
      saveAs(file, file instanceof File ? file.name : `${redaction.id}.mp4`)
      props.changed()
    },
  })
  if (redaction.state === 'reviewed') {
    return (
      <section className="panel">
        <h2>{t('redaction.release')}</h2>
        <p>{t('redaction.releaseFollows', { destination: redaction.destination })}</p>
        {release.error !== null && <Problem problem={release.error} />}
        <Button type="primary" loading={release.isPending || redaction.share !== null} onClick={() => release.mutate({ redaction: redaction.id })}>{t('redaction.release')}</Button>
      </section>
    )
  }
  return (
    <section className="panel">
      <h2>{t('redaction.released')}</h2>
      <Facts
        facts={[
          { key: 'entry', label: t('register.number'), value: redaction.released_entry },
          { key: 'size', label: t('leaks.size'), value: redaction.sha256 === '' ? null : bytes(redaction.size_bytes) },
          { key: 'sha256', label: 'SHA-256', value: redaction.sha256 === '' ? null : <span className="hash">{redaction.sha256}</span> },
          { key: 'taken', label: t('redaction.takenAt'), value: redaction.taken_ms === null ? null : stamp(redaction.taken_ms) },
        ]}
      />
      {redaction.sha256 !== '' && redaction.taken_ms === null && (
        <>
          {take.error !== null && <Problem problem={take.error} />}
          <Button type="primary" loading={take.isPending} onClick={() => take.mutate({ redaction: redaction.id })}>{t('redaction.take')}</Button> <span className="secondary">{t('redaction.once')}</span>
        </>
      )}
    </section>
  )
}

function Whole(props: { redaction: RedactionOut; changed: () => void }) {
  const { t } = useTranslation()
  const session = use(SessionContext)
  const { redaction, changed } = props
  const [grant, setGrant] = useState<string | null>(keptGrant(redaction.id))
  const mine = session?.person.id === redaction.editor_id
  const editing = mine && (redaction.state === 'draft' || redaction.state === 'returned')
  const reviewing = !mine && redaction.state === 'submitted'
  const looking = editing || reviewing
  return (
    <>
      <section className="panel">
        <Facts
          facts={[
            { key: 'start', label: t('redaction.start'), value: `${stamp(redaction.start_ms)}（${span((redaction.end_ms - redaction.start_ms) / 1000)}）` },
            { key: 'purpose', label: t('access.use'), value: <span className="wrap">{redaction.purpose}</span> },
            { key: 'destination', label: t('access.destination'), value: <span className="wrap">{redaction.destination}</span> },
            { key: 'editor', label: t('redaction.editor'), value: redaction.editor },
            { key: 'reviewer', label: t('redaction.reviewer'), value: redaction.reviewer === '' ? null : redaction.reviewer },
            { key: 'note', label: t('redaction.note'), value: redaction.note === '' ? null : <span className="wrap">{redaction.note}</span> },
          ]}
        />
      </section>
      {redaction.share !== null && <Progress percent={Math.round(redaction.share * 100)} aria-label={t('redaction.render')} />}
      {redaction.problem !== '' && <Alert type="error" className="spaced" title={t('redaction.failed', { code: redaction.problem })} />}
      {mine && redaction.state === 'submitted' && <Alert type="info" className="spaced" title={t('redaction.waiting')} />}
      {looking && grant === null && <Opening redaction={redaction} onOpened={setGrant} />}
      {editing && grant !== null && <Masks key={redaction.state} redaction={redaction} grant={grant} changed={changed} />}
      {looking && grant !== null && redaction.rendered && (editing || redaction.looked) && <Draft redaction={redaction} grant={grant} />}
      {reviewing && grant !== null && <Review redaction={redaction} grant={grant} changed={changed} />}
      {(redaction.state === 'reviewed' || redaction.state === 'released') && <Release redaction={redaction} changed={changed} />}
    </>
  )
}

export function RedactionPage() {
  const { t } = useTranslation()
  const { id } = useParams({ strict: false })
  const client = useQueryClient()
  const answer = useReadRedaction(id ?? '', { refetchInterval: (query) => (query.state.data?.share == null ? SLOW_MS : FAST_MS) })
  const changed = (): void => void client.invalidateQueries({ queryKey: getReadRedactionQueryKey(id ?? '') })
  return (
    <div className="page">
      <PageHead title={t('redaction.one')} purpose={t('redaction.purpose')} act={<div className="row">{answer.data !== undefined && <RedactionState redaction={answer.data} />}<ArticleChip matter="publication" /></div>} />
      <Answered answer={answer}>{(redaction: RedactionOut) => <Whole redaction={redaction} changed={changed} />}</Answered>
    </div>
  )
}
