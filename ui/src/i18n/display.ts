/** Live, playback, timeline, player. */
export const display = {
  'zh-CN': {
    live: {
      title: '实时', purpose: '值守监看；打开画面即生成登记', grid: '画面分割', tiles: '{{n}} 画面', list: '摄像机列表', search: '按名称或位置查找',
      fill: '打开全部', clear: '全部关闭', empty: '从左侧选择摄像机，或拖到此处', tile: '第 {{n}} 画面', closeTile: '关闭画面', snapshot: '抓拍（生成登记）',
      fullScreen: '全屏', hotspot: '放大（主码流）', high: '高清（已用 {{in_use}}/{{cap}} 路）', highTitle: '以高清观看；全系统同时最多 {{cap}} 路，已用 {{in_use}} 路', highFull: '高清画面已满', standard: '改看标准清晰度', restore: '还原', noCameras: '没有可看的摄像机', snapshotDone: '已抓拍，登记号 {{entry}}', drag: '拖到画面或双击打开',
      cameraList: '选择摄像机', age: '延迟 {{age}}', entry: '登记号 {{entry}}', opening: '正在打开', reconnect: '{{seconds}} 秒后重连', keys: '快捷键',
      transcoded: '服务器转码', main: '主码流', sub: '子码流', noPicture: '暂无画面', again: '重新登记并观看', stopped: '已停用',
    },
    tile: {
      offline: '离线', refused: '无权查看', codec: '编码不支持', expired: '授权已到期', auth: '鉴权失败', noMse: '此浏览器不支持播放', lost: '与服务的连接中断', ended: '没有更多录像',
      noData: '此刻无录像', gapCause: '原因：{{cause}}', since: '自 {{time}}', outside: '超出已登记的时段', failed: '播放出错', buffering: '正在取录像',
      remedyOffline: '正在自动重连；请检查供电与网络', remedyAuth: '请由管理员核对摄像机的用户名和密码', remedyRefused: '缺少批准或角色不符；请提出申请', remedyCodec: '请改用支持 H.265 的浏览器，或为摄像机配置 H.264 子码流',
      remedyExpired: '请重新登记后观看', remedyMse: '请使用 Chrome 109、Firefox 115、Safari 16.4 或更新的浏览器', keyframes: '{{speed}}×：只显示关键帧',
    },
    cause: {
      'camera-timeout': '摄像机无响应', 'camera-closed': '摄像机断开连接', 'camera-refused': '摄像机拒绝连接', 'auth-failed': '鉴权失败', 'certificate-refused': '证书不可信或已更换', network: '网络中断',
      'no-video': '没有视频流', unsupported: '编码不支持', 'disk-full': '磁盘已满', 'disk-error': '磁盘故障', overload: '设备过载', 'recorder-crash': '录像进程异常中断',
      'recorder-stopped': '录像进程停止', planned: '计划内停机', 'volume-away': '存储卷不在线', 'clock-step': '时钟跳变', unknown: '原因不明',
    },
    ground: {
      '设备故障排查': '设备故障排查', '事件、案件线索核查': '事件、案件线索核查', '配合依法查阅、复制、调取': '配合依法查阅、复制、调取', '安全检查和监督检查': '安全检查和监督检查',
    },
    playback: {
      title: '回放', purpose: '查看已存录像；所看的每一段都进入登记', choose: '选择摄像机（最多 4 路）', period: '登记的时段', lastHour: '最近 1 小时', lastDay: '最近 24 小时',
      lastWeek: '最近 7 天', allKept: '全部保存期', custom: '自定时段', use: '具体用途', ground: '回放事由', groundFrom: '由本单位的制度规定，管理人员可以修改', groundPlaceholder: '选择一项', groundChange: '修改回放事由', groundSave: '保存并登记', groundHint: '每行一项。修改会记入账本；此后只能以列出的事由回放。', groundCopies: '本单位可以为哪些事由复制', usePlaceholder: '例如：核对 11 月 20 日大厅报警', open: '登记并回放', change: '更换', from: '从', to: '到',
      reason: '查看录像须登记人员、时间、用途', tooMany: '最多同时回放 4 路', play: '播放', pause: '暂停', back5: '后退 5 秒', forward5: '前进 5 秒', frameBack: '上一帧', frameForward: '下一帧',
      speed: '速度', faster: '加快', slower: '减慢', jump: '跳到时刻', jumpPlaceholder: '14:05:09', jumpForms: '14:05:09 或 11-23 14:05', jumpBad: '无法识别这个时刻', inMark: '起点', outMark: '终点', clearMarks: '清除起止点',
      request: '申请复制', requestHint: '用起点和终点填好申请', live: '回到最新', zoomIn: '放大时间轴', zoomOut: '缩小时间轴', timeline: '时间轴', timelineHelp: '时间轴：左右箭头移动 5 秒，加号减号缩放',
      union: '合计', notCovered: '未登记的时段', nextSegment: '下一段', previousSegment: '上一段', snapshot: '抓拍', shortcuts: '快捷键一览', keyPlay: '播放或暂停', keyFive: '后退或前进 5 秒',
      keyFrame: '上一帧或下一帧', keySegment: '上一段或下一段录像', keyShuttle: '减慢、暂停、加快', keyMarks: '起点、终点', keyJump: '跳到时刻', keyFull: '全屏', keyRequest: '申请复制', keyEnd: '回到最新', keyHelp: '显示本表',
      keysOn: '启用单键快捷键', recorded: '有录像', gap: '无录像', selected: '已选 {{duration}}', incomplete: '录像目录正在由存储卷重建，未列出的录像可能还在', nothing: '此时段没有录像', skipped: '此段无录像，已跳到下一段', position: '当前时刻',
    },
  },
  'en-US': {
    live: {
      title: 'Live', purpose: 'Duty watching; opening a picture writes a register entry', grid: 'Grid', tiles: '{{n}} tiles', list: 'Camera list', search: 'Find by name or place',
      fill: 'Open all', clear: 'Close all', empty: 'Choose a camera on the left or drag it here', tile: 'Tile {{n}}', closeTile: 'Close tile', snapshot: 'Snapshot (registered)',
      fullScreen: 'Full screen', hotspot: 'Enlarge (main stream)', high: 'HD ({{in_use}} of {{cap}} in use)', highTitle: 'Watch in high definition; {{cap}} at once in the whole system, {{in_use}} in use', highFull: 'All pictures in high definition are taken', standard: 'Standard definition', restore: 'Restore', noCameras: 'No camera to watch', snapshotDone: 'Snapshot taken, entry {{entry}}', drag: 'Drag to a tile or double-click',
      cameraList: 'Choose cameras', age: 'age {{age}}', entry: 'Entry {{entry}}', opening: 'Opening', reconnect: 'again in {{seconds}} s', keys: 'Shortcuts',
      transcoded: 'transcoded by the server', main: 'main', sub: 'sub', noPicture: 'No picture yet', again: 'Register and watch again', stopped: 'stopped',
    },
    tile: {
      offline: 'Offline', refused: 'No right to view', codec: 'Codec not supported', expired: 'Authorisation ended', auth: 'Camera refused the password', noMse: 'This browser cannot play', lost: 'Connection to the server lost', ended: 'No more recording',
      noData: 'No recording at this moment', gapCause: 'Cause: {{cause}}', since: 'since {{time}}', outside: 'Outside the registered period', failed: 'Playing failed', buffering: 'Fetching',
      remedyOffline: 'Reconnecting by itself; check power and network', remedyAuth: 'Ask an administrator to check the camera account', remedyRefused: 'An approval is missing or the role does not fit; make a request', remedyCodec: 'Use a browser with H.265 or give the camera an H.264 sub stream',
      remedyExpired: 'Register again to go on watching', remedyMse: 'Use Chrome 109, Firefox 115, Safari 16.4 or later', keyframes: '{{speed}}×: key frames only',
    },
    cause: {
      'camera-timeout': 'camera does not answer', 'camera-closed': 'camera closed the connection', 'camera-refused': 'camera refused the connection', 'auth-failed': 'camera refused the password', 'certificate-refused': 'certificate not trusted, or exchanged', network: 'network interrupted',
      'no-video': 'no video stream', unsupported: 'codec not supported', 'disk-full': 'disk full', 'disk-error': 'disk fault', overload: 'overload', 'recorder-crash': 'recorder broke off',
      'recorder-stopped': 'recorder stopped', planned: 'planned stop', 'volume-away': 'volume away', 'clock-step': 'clock step', unknown: 'unknown',
    },
    ground: {
      '设备故障排查': 'Finding a fault of equipment', '事件、案件线索核查': 'Checking an event or a lead', '配合依法查阅、复制、调取': 'Assisting a lawful viewing, copy or retrieval', '安全检查和监督检查': 'Safety check or inspection',
    },
    playback: {
      title: 'Playback', purpose: 'View recordings; every stretch that is seen enters the register', choose: 'Choose cameras (up to 4)', period: 'Registered period', lastHour: 'Last hour', lastDay: 'Last 24 hours',
      lastWeek: 'Last 7 days', allKept: 'All that is kept', custom: 'Own period', use: 'What for, in words', ground: 'Ground', groundFrom: 'From the rules of this unit; its management may change them', groundPlaceholder: 'Choose one', groundChange: 'Change the grounds', groundSave: 'Save and enter', groundHint: 'One on each line. The change is entered in the ledger; playback then opens on these grounds alone.', groundCopies: 'For which of them this unit may copy', usePlaceholder: 'e.g. check the lobby alarm of 20 November', open: 'Register and play', change: 'Change', from: 'From', to: 'To',
      reason: 'Viewing is registered with person, time and purpose', tooMany: 'At most 4 cameras at once', play: 'Play', pause: 'Pause', back5: 'Back 5 s', forward5: 'Forward 5 s', frameBack: 'Previous frame', frameForward: 'Next frame',
      speed: 'Speed', faster: 'Faster', slower: 'Slower', jump: 'Jump to time', jumpPlaceholder: '14:05:09', jumpForms: '14:05:09 or 11-23 14:05', jumpBad: 'This is not a time', inMark: 'In', outMark: 'Out', clearMarks: 'Clear marks',
      request: 'Request a copy', requestHint: 'Fills the request from the in and out marks', live: 'To the newest', zoomIn: 'Zoom in', zoomOut: 'Zoom out', timeline: 'Timeline', timelineHelp: 'Timeline: left and right arrows move 5 s, plus and minus zoom',
      union: 'All', notCovered: 'not registered', nextSegment: 'Next stretch', previousSegment: 'Previous stretch', snapshot: 'Snapshot', shortcuts: 'Shortcuts', keyPlay: 'Play or pause', keyFive: 'Back or forward 5 s',
      keyFrame: 'Previous or next frame', keySegment: 'Previous or next recorded stretch', keyShuttle: 'Slower, pause, faster', keyMarks: 'In mark, out mark', keyJump: 'Jump to a time', keyFull: 'Full screen', keyRequest: 'Request a copy', keyEnd: 'To the newest', keyHelp: 'Show this list',
      keysOn: 'Single-key shortcuts on', recorded: 'recorded', gap: 'no recording', selected: '{{duration}} selected', incomplete: 'The catalogue is being made anew from the volumes; more may be recorded than is shown', nothing: 'Nothing is recorded in this period', skipped: 'Nothing recorded here; moved to the next stretch', position: 'Present moment',
    },
  },
}
