/** Takes a camera out of use, with its reason; says before what will follow. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Alert, App, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'

import { useRetireCamera, type CameraOut, type Retirement } from '../api/generated'
import { camerasQuery } from '../api/queries'
import { ArticleChip, Problem } from '../frame/parts'

export function RetireCamera(props: { camera: CameraOut; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { camera } = props
  const [form] = Form.useForm<Retirement>()
  const retire = useRetireCamera({
    onSuccess: async () => {
      message.success(t('cameras.retired', { name: camera.name }))
      await navigate({ to: '/cameras' })
      await client.invalidateQueries({ queryKey: camerasQuery.queryKey })
    },
  })
  const title = t('cameras.retire')
  return (
    <Modal
      open
      title={`${title} · ${camera.name}`}
      okText={title}
      cancelText={t('common.cancel')}
      okButtonProps={{ danger: true }}
      confirmLoading={retire.isPending}
      onCancel={props.onClose}
      onOk={() => form.submit()}
    >
      <Alert
        type="warning"
        className="spaced"
        title={t('cameras.retireFollows')}
        description={
          <>
            <ul className="follows">
              {(['Stops', 'Footage', 'Register', 'Again'] as const).map((part) => <li key={part}>{t(`cameras.retire${part}`)}</li>)}
            </ul>
            <ArticleChip matter="storage" />
          </>
        }
      />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(words) => retire.mutate({ camera: camera.id, data: { reason: words.reason.trim() } })}>
        <Form.Item
          name="reason"
          label={t('cameras.retireReason')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }, { min: 4, message: t('access.useShort') }]}
        >
          <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('cameras.retirePlaceholder')} />
        </Form.Item>
        {retire.error !== null && <Problem problem={retire.error} />}
      </Form>
    </Modal>
  )
}
