/** Cameras, storage, people, register, ledger. */
export const assets = {
  'zh-CN': {
    cameraState: { recording: '正在录像', offline: '离线', starting: '正在连接', stopped: '已停用' },
    cameras: {
      purpose: '登记在册的采集设备：状态、码流、保存', add: '登记摄像机', submit: '登记', name: '名称', place: '场所与部位', picture: '编码与画面', rate: '码率', held: '已保存', until: '已录到', since: '状态自', codec: '编码', size: '分辨率', fps: '帧率', gop: '关键帧间隔',
      sub: '子码流', lag: '入库延迟', clock: '时钟偏差', clockOff: '请校准摄像机时钟', measured: '实测结果', audio: '音频', url: '主码流地址', urlHint: 'rtsp:// 或 rtsps:// 开头，不写用户名和密码', subUrl: '子码流地址', subHint: '可不填；小画面和预览使用子码流', user: '摄像机用户名', password: '摄像机密码',
      transport: '传输', engine: '接入方式', native: '内置', av: '兼容', expected: '预计码率', audioBasis: '录音的法律依据', audioHint: '不填则不录声音', test: '测试码流', longGop: '关键帧间隔过长，画面打开会慢；请设为每 1–2 秒一个关键帧',
      whoWatched: '查看登记', whoMay: '谁能看', heat: '近 30 天每小时的录像情况', heatFull: '全部录下', heatPart: '部分缺失（填充高度为录下的比例）', heatNone: '全部缺失', heatIdle: '不应有录像', heatTable: '按日列表', day: '日期', due: '应录', missed: '缺失', missedHours: '有缺失的小时', share: '完整率',
      missing: '缺 {{time}}', missingOf: '应录 {{due}}，缺 {{missing}}', gapSum: '共 {{n}} 处，缺 {{time}}', gapsCut: '只列出最近 {{n}} 处', noGaps: '保存期内没有缺口', length: '时长', cause: '原因', coverage: '近 30 天录像', gaps: '缺口与原因', forecast: '已保存 {{held}}；按现有码率可保存 {{days}}',
      change: '修改登记', save: '保存修改', changed: '已修改并记入账本', unchanged: '没有改动', changeEffect: '此操作记入账本；录像按新登记重新连接，已录内容不变。', passwordKept: '留空则不变，测试码流用已存的密码',
      redirectHosts: '转向主机', redirectHint: '摄像机把取流转到别的主机时才填：域名或 IP 地址，回车分隔；转到其他主机一律拒绝', pin: '信任的证书（SHA-256 指纹）', pinHint: '测试码流时核对并信任；留空则只信任公认机构担保的证书',
      certificate: '摄像机出示的证书', certificateNew: '摄像机出示的证书与登记的不同', subject: '持有者', issuer: '签发者', valid: '有效期', expired: '不在有效期内', fingerprint: 'SHA-256 指纹', recorded: '登记的指纹',
      trust: '信任这张证书', trustFollows: '先与摄像机管理页面显示的指纹核对。信任后重新测试；保存登记时记入账本，此后摄像机出示别的证书一律拒绝，并写入状态和缺口原因。', certificateRemedy: '摄像机的证书不可信或已更换，已停止取流。先查明是否被更换、重置或冒充，再在“修改登记”中测试码流，核对并信任新证书。',
      retire: '停用', retired: '{{name}} 已停用', retireFollows: '停用后', retireStops: '立即停止录像和实时查看', retireFootage: '已存录像保存到期满，到期才清除', retireRegister: '登记和账本记录不变，不会删除', retireAgain: '不能恢复；重新使用须另行登记',
      retireReason: '停用原因', retirePlaceholder: '例如：设备拆除，由新摄像机替换',
    },
    storage: {
      purpose: '存储卷、保存期与预测，各部分的运行状况', kind: '种类', standard: '正式', noVolume: '没有可用的存储卷', othersKeep: '存储卷由本系统的安装单位管理；这里显示与本单位摄像机有关的情况', volume: '存储卷', used: '已用', floor: '最短保存', ceiling: '最长保存', throwAway: '可丢弃', byCamera: '各摄像机的保存', perDay: '每天用量', forecast: '预计可保存', day: '天',
    },
    forecast: { needed: '保存期所需', usable: '可用容量', perDay: '每天写入', holds: '预计可保存', full: '距写满' },
    people: {
      purpose: '人员、角色与登录凭据', add: '增加人员', roles: '角色', rolesHint: '管理员、审计人员不得兼任其他角色', disabled: '已停用', enabled: '正常', acts: '操作', oneself: '本人不能改自己的权限', whatMay: '能看什么', changeRoles: '改角色', reset: '重置凭据', resetAsk: '{{name}} 将须重新设置密码和动态口令，确认重置？',
      enable: '启用', disable: '停用', enableAsk: '启用 {{name}} 的账号？', disableAsk: '停用 {{name}}？其会话立即结束。', once: '一次性凭据', onceHint: '只显示这一次，请当面交给本人。', handed: '已交给本人', codeFor: '{{name}} 在登录页选“首次登录”，用此代码设置自己的密码和动态口令：', codeUntil: '有效期至 {{time}}', waiting: '待本人设置密码',
    },
    register: {
      purpose: '查阅、复制、调取的登记：人员、时间、用途、去向；不可更改', empty: '没有记录', number: '登记号', kind: '事项', footage: '录像时段', seen: '实际查看', open: '进行中',
    },
    registerKind: { live: '实时查看', playback: '回放查阅', snapshot: '抓拍', copy: '复制', publication: '公开传播', private: '个人查阅' },
    ledger: {
      purpose: '每一次登记都在其中；任何改动都能被外部发现', checkpoint: '最新检查点', size: '记录数', root: '根哈希', witnesses: '见证', noWitness: '尚无见证', openNote: '检查点原文', anchors: '下载公钥（信任锚）', subject: '对象', facts: '内容', entry: '第 {{index}} 条', proof: '取存在证明并核对',
      check: '核对所列 {{n}} 条', checking: '正在核对', checkGood: '{{n}} 条都在已签名的检查点里，内容一致', checkBad: '与检查点不符：第 {{entries}} 条', checkWaiting: '{{n}} 条尚未进入检查点', checkHint: '逐条取存在证明，在本浏览器里算到检查点的根哈希。整个账本的独立核对用 mingjian ledger verify 和另行取得的信任锚。',
      included: '此条在已签名的检查点里，内容一致', notIncluded: '此条与检查点不符',
    },
    filter: { title: '查询条件', set: '查询条件（已设 {{n}} 项）', camera: '按摄像机', person: '按人员', kind: '按事项', range: '按时间', clear: '清除条件', place: '按场所', organ: '按机关、单位', case: '按案件或者申请编号', basis: '按依据', own: '本单位人员', approval: '凭批准', side: '看谁的视频', ours: '本单位的视频', theirs: '本机关人员看其他单位' },
    range: { today: '今天', yesterday: '昨天', week: '近 7 天' },
    ledgerKind: {
      viewing_opened: '打开查看', viewing_closed: '结束查看', viewing_supplemented: '补记查看', snapshot_taken: '抓拍', snapshot_failed: '抓拍未成', copy_registered: '复制登记',
      access_submitted: '提交申请', access_approved: '批准申请', access_refused: '驳回申请', access_withdrawn: '撤回申请', officer_present: '执法人员签到', package_built: '证据包制作完成', package_handed_over: '交付证据包', access_completed: '申请办结', export_cancelled: '取消制作', export_failed: '制作失败',
      camera_added: '登记摄像机', camera_changed: '修改摄像机', camera_probed: '测试码流', camera_retired: '停用摄像机', person_added: '增加人员', person_changed: '修改人员', person_enrolled: '本人设置凭据', person_linked: '关联统一身份', person_unlinked: '解除统一身份关联', person_link_confirmed: '本人确认统一身份', person_seeded: '演示人员', post_decision_kept: '保存任职文件', complaint_contact_deleted: '删除投诉人联系方式', post_given: '登记任职', post_ended: '结束任职', organ_added: '登记机关或单位', organ_changed: '修改机关或单位', organ_moved: '调整上级', organ_administrator: '任命管理员', credentials_reset: '重置凭据', administrator_created: '建立首任管理员',
      system_design: '登记设计', system_build: '登记建成', system_deliver: '交付使用', system_change: '变更决定', system_notice: '通知拆除', system_withdraw: '撤回拆除通知', system_take_down: '登记拆除', system_removed: '登记未通知的拆除', system_dispose: '资料处理监督', system_retire: '注销系统', filing_received: '备案收件', filing_held: '备案保存待受理', filing_returned: '退回备案', filing_national_receipt: '保存全国平台回执', visit_recorded: '实地查看', removal_noticed: '拆除通知收件', removal_withdrawn: '撤回拆除通知', removal_taken_down: '系统拆除', removal_supervised: '监督资料处理', attachment_added: '上传材料',
      session_opened: '登录', session_closed: '退出', session_ended_at_provider: '在统一身份处退出', act_refused: '拒绝的操作', register_printed: '打印登记簿', register_summarised: '审计统计', register_questioned: '审计疑点查询', rights_explained: '查询权限', rights_listed: '列出权限', sign_issued: '生成标识', sign_mounted: '标识牌已张贴', complaint_received: '收到投诉', complaint_replied: '答复投诉', recorder_heads: '录像链首',
    },
  },
  'en-US': {
    cameraState: { recording: 'recording', offline: 'offline', starting: 'connecting', stopped: 'stopped' },
    cameras: {
      purpose: 'Devices on record: state, stream, what is kept', add: 'Register a camera', submit: 'Register', name: 'Name', place: 'Place and part', picture: 'Codec and picture', rate: 'Bit rate', held: 'Kept', until: 'Recorded until', since: 'State since', codec: 'Codec', size: 'Resolution', fps: 'Frame rate', gop: 'Key frame interval',
      sub: 'Sub stream', lag: 'Recording lag', clock: 'Clock offset', clockOff: "set the camera's clock", measured: 'Measured', audio: 'Audio', url: 'Main stream address', urlHint: 'Begins with rtsp:// or rtsps://, without user name or password', subUrl: 'Sub stream address', subHint: 'Optional; used for small tiles and previews', user: 'Camera user', password: 'Camera password',
      transport: 'Transport', engine: 'Source', native: 'built in', av: 'compatible', expected: 'Expected rate', audioBasis: 'Legal basis for sound', audioHint: 'Without it no sound is recorded', test: 'Test the stream', longGop: 'The key frame interval is long and pictures open slowly; set one key frame every 1–2 seconds',
      whoWatched: 'Who watched', whoMay: 'Who may see it', heat: 'Recording per hour over 30 days', heatFull: 'all recorded', heatPart: 'partly missing (filled as far as recorded)', heatNone: 'all missing', heatIdle: 'nothing due', heatTable: 'Table by day', day: 'Day', due: 'Due', missed: 'Missing', missedHours: 'Hours with missing footage', share: 'Completeness',
      missing: '{{time}} missing', missingOf: '{{missing}} of {{due}} missing', gapSum: '{{n}} gap(s), {{time}} missing', gapsCut: 'the newest {{n}} are listed', noGaps: 'No gap in what is kept', length: 'Length', cause: 'Cause', coverage: 'Recording over 30 days', gaps: 'Gaps and causes', forecast: '{{held}} kept; {{days}} fit at the present rate',
      change: 'Change the record', save: 'Save changes', changed: 'Changed and entered in the ledger', unchanged: 'Nothing was changed', changeEffect: 'This enters the ledger; recording connects again by the new record, what was recorded stays.', passwordKept: 'Empty keeps it; the test uses the stored one',
      redirectHosts: 'Redirect hosts', redirectHint: 'Only for a camera that sends its clients to another host: names or IP addresses, each with Enter; any other host is refused', pin: 'Trusted certificate (SHA-256 fingerprint)', pinHint: 'Look at it and trust it when testing the stream; empty trusts only what a known authority vouches for',
      certificate: 'The certificate that the camera shows', certificateNew: 'The camera shows another certificate than the one on record', subject: 'Subject', issuer: 'Issuer', valid: 'Valid', expired: 'not valid now', fingerprint: 'SHA-256 fingerprint', recorded: 'Fingerprint on record',
      trust: 'Trust this certificate', trustFollows: 'First compare the fingerprint with the one on the camera’s own page. The test is then run again; saving the record enters it in the ledger, and any other certificate is refused from then on, and state and gap say so.', certificateRemedy: 'The camera’s certificate is not trusted, or was exchanged; nothing is taken from it. Find out whether it was replaced, reset or impersonated, then test the stream under “Change the record” and trust the new certificate.',
      retire: 'Retire', retired: '{{name}} is retired', retireFollows: 'What follows', retireStops: 'Recording and live viewing stop at once', retireFootage: 'Stored footage is kept to the end of its term', retireRegister: 'Register and ledger entries stay', retireAgain: 'It cannot be undone; register the camera anew to use it again',
      retireReason: 'Reason', retirePlaceholder: 'e.g. removed, replaced by a new camera',
    },
    storage: {
      purpose: 'Volumes, retention, forecast, and how each part runs', kind: 'Kind', standard: 'standard', noVolume: 'No volume in use', othersKeep: 'The unit that keeps the installation sees to its volumes; shown here is what concerns your own cameras', volume: 'Volume', used: 'Used', floor: 'Shortest retention', ceiling: 'Longest retention', throwAway: 'throw-away', byCamera: 'By camera', perDay: 'Per day', forecast: 'Will fit', day: 'day',
    },
    forecast: { needed: 'Needed for retention', usable: 'Usable capacity', perDay: 'Written per day', holds: 'Will fit', full: 'Until full' },
    people: {
      purpose: 'People, roles and credentials', add: 'Add a person', roles: 'Roles', rolesHint: 'An administrator or auditor holds no other role', disabled: 'disabled', enabled: 'enabled', acts: 'Acts', oneself: 'nobody changes his own rights', whatMay: 'What this person may see', changeRoles: 'Change roles', reset: 'Reset credentials', resetAsk: '{{name}} will have to set password and one-time code anew. Reset?',
      enable: 'Enable', disable: 'Disable', enableAsk: 'Enable the account of {{name}}?', disableAsk: 'Disable {{name}}? Sessions end at once.', once: 'One-time credential', onceHint: 'Shown this once; hand it over in person.', handed: 'Handed over', codeFor: '{{name}} chooses “First sign-in” on the sign-in page and sets password and one-time code with this code:', codeUntil: 'valid until {{time}}', waiting: 'password not set yet',
    },
    register: {
      purpose: 'Viewing, copying and retrieval: person, time, purpose, destination; cannot be changed', empty: 'No entry', number: 'Entry', kind: 'Kind', footage: 'Footage', seen: 'Really seen', open: 'going on',
    },
    registerKind: { live: 'Live viewing', playback: 'Playback', snapshot: 'Snapshot', copy: 'Copy', publication: 'Publication', private: 'Private viewing' },
    ledger: {
      purpose: 'Holds every entry; any change can be seen from outside', checkpoint: 'Latest checkpoint', size: 'Entries', root: 'Root hash', witnesses: 'Witnesses', noWitness: 'not witnessed yet', openNote: 'Checkpoint text', anchors: 'Download public keys (trust anchors)', subject: 'Subject', facts: 'Facts', entry: 'Entry {{index}}', proof: 'Fetch and check the inclusion proof',
      check: 'Check the {{n}} listed', checking: 'Checking', checkGood: '{{n}} are in the signed checkpoint, word for word', checkBad: 'Not what the checkpoint holds: entries {{entries}}', checkWaiting: '{{n}} not in a checkpoint yet', checkHint: 'Takes the proof of each entry and reckons it to the root of the checkpoint in this browser. The independent check of the whole ledger is mingjian ledger verify with trust anchors from elsewhere.',
      included: 'This entry is in the signed checkpoint, word for word', notIncluded: 'This entry is not what the checkpoint holds',
    },
    filter: { title: 'Filters', set: 'Filters ({{n}} set)', camera: 'By camera', person: 'By person', kind: 'By kind', range: 'By time', clear: 'Clear', place: 'By place', organ: 'By organ or unit', case: 'By case or request number', basis: 'By basis', own: 'The unit’s own people', approval: 'Under an approval', side: 'Whose video', ours: 'The unit’s own video', theirs: 'Others’ video, seen by own officers' },
    range: { today: 'Today', yesterday: 'Yesterday', week: 'Last 7 days' },
    ledgerKind: {
      viewing_opened: 'Viewing opened', viewing_closed: 'Viewing ended', viewing_supplemented: 'Viewing supplemented', snapshot_taken: 'Snapshot', snapshot_failed: 'Snapshot failed', copy_registered: 'Copy registered',
      access_submitted: 'Request submitted', access_approved: 'Request approved', access_refused: 'Request refused', access_withdrawn: 'Request withdrawn', officer_present: 'Officer signed', package_built: 'Package built', package_handed_over: 'Package handed over', access_completed: 'Request completed', export_cancelled: 'Building cancelled', export_failed: 'Building failed',
      camera_added: 'Camera registered', camera_changed: 'Camera changed', camera_probed: 'Stream tested', camera_retired: 'Camera retired', person_added: 'Person added', person_changed: 'Person changed', person_enrolled: 'Credentials set', person_linked: 'Linked to the identity provider', person_unlinked: 'Link to the provider taken away', person_link_confirmed: 'Link confirmed by the person', person_seeded: 'Demonstration person', post_decision_kept: 'Decision kept', complaint_contact_deleted: 'Contact of a complainant deleted', post_given: 'Post given', post_ended: 'Post ended', organ_added: 'Organ put on record', organ_changed: 'Organ changed', organ_moved: 'Organ moved', organ_administrator: 'Administrator appointed', credentials_reset: 'Credentials reset', administrator_created: 'First administrator',
      system_design: 'design recorded', system_build: 'completion recorded', system_deliver: 'delivered for use', system_change: 'decision to change', system_notice: 'removal announced', system_withdraw: 'notice withdrawn', system_take_down: 'removal recorded', system_removed: 'removal without notice', system_dispose: 'disposal supervised', system_retire: 'record closed', filing_received: 'filing received', filing_held: 'filing kept, not received', filing_returned: 'filing returned', filing_national_receipt: 'receipt of the national site kept', visit_recorded: 'site visit', removal_noticed: 'notice of removal received', removal_withdrawn: 'notice withdrawn', removal_taken_down: 'system taken down', removal_supervised: 'disposal supervised', attachment_added: 'paper added',
      session_opened: 'Signed in', session_closed: 'Signed out', session_ended_at_provider: 'Signed out at the identity provider', act_refused: 'Act refused', register_printed: 'Register printed', register_summarised: 'Register counted', register_questioned: 'Saved question asked', rights_explained: 'Right explained', rights_listed: 'Rights listed', sign_issued: 'Sign made', sign_mounted: 'Sign put up', complaint_received: 'Complaint received', complaint_replied: 'Complaint answered', recorder_heads: 'Heads of recordings',
    },
  },
}
