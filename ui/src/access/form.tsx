/** A request between organs: what, of which cameras, when, what for, by whom. Several units' cameras become one case. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Checkbox, Form, Input, Radio } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { submitRequest, type AccessKind, type RequestOut } from '../api/generated'
import { requestsQuery } from '../api/queries'
import { ButtonLink } from '../frame/button_link'
import { useSession } from '../frame/context'
import { ArticleChip, Nothing, PageHead, Problem } from '../frame/parts'
import { TimeRange } from '../frame/range'
import { has } from '../frame/roles'
import type { RequestSearch } from '../frame/routes'
import { zone } from '../frame/time'
import { byHolder, CamerasField, useKnownCameras } from './cameras_field'
import { isLive, KINDS, matterOf } from './kinds'
import { emptyOfficers, OfficersField } from './officers_field'

interface Words {
  kind: AccessKind
  cameras: string[]
  range: [Dayjs, Dayjs]
  purpose: string
  destination: string
  legal_basis: string
  other_basis: boolean
  case: string
  officers: RequestOut['officers']
}

type Draft = Partial<Pick<Words, 'kind' | 'purpose' | 'destination' | 'legal_basis' | 'case'>>
const DRAFT = 'mingjian.request-draft'

function readDraft(): Draft {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT) ?? '{}') as Draft
  } catch {
    return {}
  }
}

function saveDraft(draft: Draft | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(DRAFT)
    else sessionStorage.setItem(DRAFT, JSON.stringify(draft))
  } catch {
    // no storage: the draft lives only in the fields
  }
}

export function RequestForm() {
  const { t } = useTranslation()
  const session = useSession()
  const search = useSearch({ strict: false }) as RequestSearch
  const navigate = useNavigate()
  const client = useQueryClient()
  const known = useKnownCameras()
  const [form] = Form.useForm<Words>()
  const kind = Form.useWatch('kind', form) ?? 'copy'
  const other = Form.useWatch('other_basis', form) === true
  const made = useRef<RequestOut[]>([])
  const submit = useMutation({
    mutationFn: async (words: Words) => {
      for (const cameras of byHolder(words.cameras, known)) {
        const request = await submitRequest({
          kind: words.kind,
          cameras,
          start_ms: words.range[0].valueOf(),
          end_ms: words.range[1].valueOf(),
          purpose: words.purpose.trim(),
          destination: words.destination.trim(),
          legal_basis: words.legal_basis.trim(),
          other_basis: words.other_basis ?? false,
          case: (words.case ?? '').trim(),
          officers: words.officers.filter((one) => one.name.trim() !== '').map((one) => ({ name: one.name.trim(), work_id: (one.work_id ?? '').trim() })),
        })
        made.current.push(request)
        // a second try after a refusal asks only for what is not asked yet
        form.setFieldValue('cameras', (form.getFieldValue('cameras') as string[]).filter((id) => !cameras.includes(id)))
      }
      return made.current
    },
    onSuccess: async (requests) => {
      saveDraft(null)
      await client.invalidateQueries({ queryKey: requestsQuery.queryKey })
      const [first] = requests
      if (requests.length === 1 && first !== undefined) await navigate({ to: '/requests/$id', params: { id: first.id } })
      else if (first !== undefined && first.case !== '') await navigate({ to: '/cases/$case', params: { case: first.case } })
      else await navigate({ to: '/requests' })
    },
  })
  if (!session.asks) {
    const own = has(session, 'unit_manager', 'duty') && <ButtonLink to="/requests/own" search={search} primary>{t('ownCopy.new')}</ButtonLink>
    return (
      <div className="page">
        <PageHead title={t('access.formTitle')} act={<ArticleChip matter="approval" />} />
        <Nothing text={t('access.whoAsks')} act={own} />
      </div>
    )
  }
  const required = { required: true, message: t('common.required') }
  const words = { ...required, whitespace: true }
  const ways = KINDS.filter((one) => has(session, 'officer') || !isLive(one))
  return (
    <div className="page chooser">
      <PageHead title={t('access.formTitle')} purpose={t('access.formPurpose')} />
      <section className="panel">
        <Form<Words>
          form={form}
          layout="vertical"
          requiredMark={false}
          scrollToFirstError={{ focus: true }}
          initialValues={{
            kind: 'copy',
            other_basis: false,
            officers: emptyOfficers(),
            cameras: search.cameras?.split(',').filter(Boolean) ?? [],
            ...readDraft(),
            ...(search.from !== undefined && search.to !== undefined ? { range: [dayjs(search.from), dayjs(search.to)] } : {}),
          }}
          onValuesChange={(_, { kind, purpose, destination, legal_basis, case: number }: Words) => saveDraft({ kind, purpose, destination, legal_basis, case: number })}
          onFinish={(given) => submit.mutate(given)}
        >
          <Form.Item name="kind" label={<>{t('access.kind')}&nbsp;<ArticleChip matter={matterOf(kind)} /></>} extra={t(`access.kindHint.${kind}`)}>
            <Radio.Group optionType="button" buttonStyle="solid" options={ways.map((value) => ({ value, label: t(`accessKind.${value}`) }))} />
          </Form.Item>
          <Form.Item name="cameras" label={t('common.camera')} extra={t('access.camerasHint')} rules={[required]}>
            <CamerasField known={known} />
          </Form.Item>
          <Form.Item name="range" label={t(isLive(kind) ? 'access.usePeriod' : 'access.period')} extra={t(isLive(kind) ? 'access.usePeriodHint' : 'access.periodHint', { zone: zone() })} rules={[required]}>
            <TimeRange {...(isLive(kind) ? { minDate: dayjs().startOf('day') } : { maxDate: dayjs() })} />
          </Form.Item>
          <Form.Item name="purpose" label={<>{t('access.use')}&nbsp;<ArticleChip matter="register" /></>} rules={[words, { min: 4, message: t('access.useShort') }]}>
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('access.usePlaceholder')} />
          </Form.Item>
          <Form.Item name="destination" label={<>{t('access.destination')}&nbsp;<ArticleChip matter="register" /></>} rules={[words]}>
            <Input maxLength={200} placeholder={t('access.destinationPlaceholder')} />
          </Form.Item>
          <OfficersField />
          <Form.Item name="legal_basis" label={<>{t('access.basis')}&nbsp;<ArticleChip matter={matterOf(kind)} /></>} rules={[words]}>
            <Input maxLength={200} placeholder={t(other ? 'access.otherBasisPlaceholder' : 'access.basisPlaceholder')} />
          </Form.Item>
          <Form.Item name="other_basis" valuePropName="checked" extra={other ? t('access.otherBasisHint') : undefined}>
            <Checkbox>{t('access.otherBasis')} <ArticleChip matter="police_head" /></Checkbox>
          </Form.Item>
          <Form.Item name="case" label={t('access.case')} extra={t('access.caseHint')}>
            <Input maxLength={64} />
          </Form.Item>
          <Alert type="info" className="spaced" title={t('access.follows')} description={<>{t(isLive(kind) ? 'access.followsUse' : 'access.followsText')} <ArticleChip matter="officers" /></>} />
          {submit.error !== null && <Problem problem={submit.error} />}
          <Button type="primary" size="large" htmlType="submit" loading={submit.isPending}>
            {t('access.submit')}
          </Button>
        </Form>
      </section>
    </div>
  )
}
