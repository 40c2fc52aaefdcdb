/** Frame, sign-in, first setup, workbench, errors. */
export const frame = {
  'zh-CN': {
    app: { name: '明鉴', full: '明鉴 · 公共安全视频图像信息系统', skip: '跳到正文' },
    nav: {
      workbench: '工作台', watch: '看', live: '实时', playback: '回放', uses: '正在接入', record: '账', places: '场所', cameras: '摄像机',
      map: '地图', register: '登记簿', act: '办', requests: '查阅复制申请', exports: '证据包导出', systems: '视频系统', filings: '备案', removals: '拆除', plan: '规划', complaints: '投诉举报', check: '查', ledger: '账本', audit: '审计', rights: '权限查询', leaks: '泄露追查', redactions: '公开遮挡', private: '个人查阅',
      storage: '存储与健康', verify: '核验证据包', set: '设', people: '人员', organs: '机关与单位', menu: '导航', main: '主导航',
    },
    banner: { throwAway: '演示数据：可丢弃卷，录像只保留数十分钟' },
    bar: {
      todo: '待办 {{count}}', language: 'English', dark: '夜间', light: '日间', signOut: '退出', user: '用户菜单',
      todoHint: '待办的申请', designation: '举报指定情况', themeHint: '切换日间/夜间显示', version: '版本 {{version}}',
    },
    role: {
      administrator: '系统管理员', security: '安全管理员', unit_manager: '单位负责人', duty: '值守人员', approver: '批准人', officer: '承办人员', auditor: '审计管理员', registrar: '备案监管人员', planner: '规划专员',
    },
    reach: {
      silent: '服务器自 {{time}} 起没有应答', kept: '已填写的内容留在本页，尚未送出。服务器恢复后本页自动更新；录像不受影响。',
    },
    error: {
      unexpected: '服务未能处理此请求（状态 {{status}}）', unreachable: '连接不上服务', unreachableRemedy: '请检查网络，稍后重试；录像不受影响',
      code: '代码 {{code}}', retry: '重试', title: '未能完成', pageTitle: '此页未能显示', notFound: '没有这个页面', home: '回到工作台',
      forbidden: '您的角色不使用此页面', forbiddenRemedy: '如工作需要，请由管理员调整角色',
    },
    common: {
      cancel: '取消', close: '关闭', save: '保存', submit: '提交', loading: '正在载入', none: '无', unknown: '未测', back: '返回', more: '更多',
      all: '全部', open: '打开', refresh: '刷新', asOf: '截至 {{time}}（{{zone}}）', required: '请填写此项', yes: '是', no: '否', count: '共 {{count}} 条',
      loadMore: '载入更早的记录', article: '条文', time: '时间', camera: '摄像机', person: '人员', unit: '单位', state: '状态', copyText: '复制', copied: '已复制',
    },
    duration: { day: '{{n}} 天', hour: '{{n}} 小时', minute: '{{n}} 分', second: '{{n}} 秒' },
    signIn: {
      title: '登录', name: '用户名', password: '密码', code: '动态口令', codeHint: '身份验证器上的 6 位数字', submit: '登录',
      failed: '登录未成功', purpose: '每次查看录像都会留下登记', first: '首次登录（已取得一次性代码）',
    },
    setup: {
      title: '首次设置', intro: '请用服务启动时在控制台显示的一次性代码，建立第一名管理员。', code: '一次性代码', name: '用户名', displayName: '姓名',
      password: '密码', passwordHint: '至少 12 个字符', repeat: '再次输入密码', mismatch: '两次输入的密码不同', submit: '建立管理员',
      scanTitle: '绑定动态口令', scan: '用身份验证器扫描二维码，或手工输入密钥；绑定后再登录。', secret: '密钥', done: '已绑定，去登录',
      adminNote: '管理员负责配置，本身不能查看任何录像。', qr: '动态口令二维码', unit: '本单位名称', enrolTitle: '首次登录', enrolIntro: '用管理员当面交给您的一次性代码设置自己的密码。', enrol: '设置密码',
    },
    workbench: {
      title: '工作台', purpose: '今天要办的事，和需要看一眼的设备', requests: '待办的申请', noRequests: '没有待办的申请', newRequest: '提出申请',
      devices: '摄像机', noTrouble: '所有摄像机都在录像', noCameras: '还没有摄像机', addCamera: '登记摄像机', storage: '存储预测', since: '自 {{time}}',
      recording: '正在录像', of: '{{n}} / {{total}} 路',
      free: '可用空间', watchLive: '看实时', watchBack: '看回放',
    },
  },
  'en-US': {
    app: { name: 'Mingjian', full: 'Mingjian · public security video system', skip: 'Skip to content' },
    nav: {
      workbench: 'Workbench', watch: 'Watch', live: 'Live', playback: 'Playback', uses: 'Connected now', record: 'Records', places: 'Places', cameras: 'Cameras',
      map: 'Map', register: 'Register', act: 'Act', requests: 'Access requests', exports: 'Evidence exports', systems: 'Video systems', filings: 'Filings', removals: 'Removals', plan: 'Plan', complaints: 'Complaints', check: 'Check', ledger: 'Ledger', audit: 'Audit', rights: 'Rights', leaks: 'Leak tracing', redactions: 'Redacted copies', private: 'Private viewings',
      storage: 'Storage, health', verify: 'Verify a package', set: 'Set up', people: 'People', organs: 'Organs, units', menu: 'Navigation', main: 'Main navigation',
    },
    banner: { throwAway: 'Demonstration data: throw-away volume, recordings are kept for some tens of minutes only' },
    bar: {
      todo: '{{count}} to do', language: '中文', dark: 'Dark', light: 'Light', signOut: 'Sign out', user: 'User menu',
      todoHint: 'Open requests', designation: 'Report a designation', themeHint: 'Switch between light and dark', version: 'Version {{version}}',
    },
    role: {
      administrator: 'System administrator', security: 'Security administrator', unit_manager: 'Unit manager', duty: 'Duty staff', approver: 'Approver', officer: 'Officer', auditor: 'Audit administrator', registrar: 'Registrar', planner: 'Planner',
    },
    reach: {
      silent: 'The server has not answered since {{time}}', kept: 'What you typed stays on this page and has not been sent. The page catches up when the server is back; recording is not affected.',
    },
    error: {
      unexpected: 'The server could not handle this request (status {{status}})', unreachable: 'The server cannot be reached', unreachableRemedy: 'Check the network and try again; recording is not affected',
      code: 'Code {{code}}', retry: 'Try again', title: 'Not done', pageTitle: 'This page could not be shown', notFound: 'There is no such page', home: 'To the workbench',
      forbidden: 'Your role does not use this page', forbiddenRemedy: 'If your work needs it, ask an administrator to change your role',
    },
    common: {
      cancel: 'Cancel', close: 'Close', save: 'Save', submit: 'Submit', loading: 'Loading', none: 'none', unknown: 'not measured', back: 'Back', more: 'More',
      all: 'All', open: 'Open', refresh: 'Refresh', asOf: 'As of {{time}} ({{zone}})', required: 'This is required', yes: 'yes', no: 'no', count: 'Rows: {{count}}',
      loadMore: 'Load earlier entries', article: 'Article', time: 'Time', camera: 'Camera', person: 'Person', unit: 'Unit', state: 'State', copyText: 'Copy', copied: 'Copied',
    },
    duration: { day: '{{n}} d', hour: '{{n}} h', minute: '{{n}} min', second: '{{n}} s' },
    signIn: {
      title: 'Sign in', name: 'User name', password: 'Password', code: 'One-time code', codeHint: '6 digits from your authenticator', submit: 'Sign in',
      failed: 'Sign-in failed', purpose: 'Each viewing of video leaves an entry in the register', first: 'First sign-in (with a one-time code)',
    },
    setup: {
      title: 'First setup', intro: 'Create the first administrator with the one-time code that the server printed at its start.', code: 'One-time code', name: 'User name', displayName: 'Full name',
      password: 'Password', passwordHint: 'At least 12 characters', repeat: 'Password again', mismatch: 'The two passwords differ', submit: 'Create the administrator',
      scanTitle: 'Bind the authenticator', scan: 'Scan the code with an authenticator or type the secret; then sign in.', secret: 'Secret', done: 'Bound, go to sign-in',
      adminNote: 'An administrator configures the system and sees no video by being one.', qr: 'QR code of the authenticator secret', unit: 'Name of the unit', enrolTitle: 'First sign-in', enrolIntro: 'Set your own password with the one-time code that the administrator handed you.', enrol: 'Set the password',
    },
    workbench: {
      title: 'Workbench', purpose: 'What is to be done today and which devices need a look', requests: 'Open requests', noRequests: 'No open requests', newRequest: 'Make a request',
      devices: 'Cameras', noTrouble: 'All cameras are recording', noCameras: 'No camera yet', addCamera: 'Register a camera', storage: 'Storage forecast', since: 'since {{time}}',
      recording: 'Recording', of: '{{n}} of {{total}}',
      free: 'Free space', watchLive: 'Watch live', watchBack: 'Play back',
    },
  },
}
