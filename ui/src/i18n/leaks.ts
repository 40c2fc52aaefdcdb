/** Leaks, redacted copies for publication. */
export const leaks = {
  'zh-CN': {
    leaks: {
      purpose: '由泄露的截图、视频读出隐藏标记，查到当时的登记', pick: '选择泄露的图片或视频', kinds: 'PNG、JPEG 图片或 MP4 视频，不超过 64 MiB；只留存文件的 SHA-256，不留存文件',
      sending: '正在上传 {{name}}', reading: '正在读取 {{name}} 的标记', none: '未发现标记', entry: '登记第 {{n}} 号', open: '在登记中查看',
      noneMeans: '画面过小、剪裁过多、旋转或者不是由本系统交付时读不出标记。请换一张更清晰、剪裁更少的截图，或者上传一段视频。这不说明画面没有泄露。',
      whose: '该登记属于{{unit}}，请将编号告知该单位的审计管理员。', noEntry: '账本中该号不是登记。', chance: '误报概率上限', pictures: '读取的画面', before: '追查记录', empty: '还没有追查过', mark: '标记', given: '交付给', by: '追查人', size: '文件大小',
    },
    redaction: {
      purpose: '公开传播前，由人工逐处遮挡人脸、号牌、名称等信息；不做任何自动识别', new: '新建遮挡副本', one: '遮挡副本', empty: '还没有遮挡副本', begin: '登记并开始', start: '录像时间', seconds: '时长', longest: '最长 {{n}} 分钟', length: '时长', editor: '制作人', reviewer: '审查人',
      purposePlaceholder: '例如：征集 11 月 20 日肇事逃逸线索', destinationPlaceholder: '例如：县广播电视台', follows: '此操作将生成回放登记〔第十七条第二款第二项〕；发布前须由另一人审查，发布时另行登记。', open: '登记用途后查看录像', masks: '遮挡', mask: '遮挡 {{n}}', none: '还没有遮挡，先添加一个。', addBox: '添加矩形', addPolygon: '添加多边形',
      how: '遮挡方式', fill: '填充', blur: '模糊', keys: '{{n}} 个关键帧', drop: '删除', hint: '拖动、方向键（按住 Shift 微调）或者填数移动；在别的时刻移动即添加关键帧，其间匀速移动，首尾之外保持不动。', leftTop: '左上', rightBottom: '右下', corner: '顶点 {{n}}', key: '在此设关键帧', noKey: '删去此关键帧', from: '由此出现', until: '到此消失', always: '全程遮挡',
      still: '录像画面', moment: '时刻', asCopied: '按成品显示', save: '保存', saved: '已保存', render: '制作审查稿', submit: '提交审查', draft: '审查稿', draftHint: '声音不进入副本；画面有可见水印和隐藏标记。', review: '审查', look: '打开审查稿（全程计入登记）', note: '审查意见', approve: '审查通过', return: '退回修改', waiting: '已提交，等待另一人审查。制作人不能审查自己的副本。',
      release: '发布', releaseFollows: '此操作将生成公开传播登记并通知审计，去向：{{destination}}；文件只能取走一次。', released: '已发布', takenAt: '取走时间', take: '取走文件', once: '只能取走一次，取走后本系统不再保存', failed: '制作失败（{{code}}），请重试或换一个时段。',
      state: { draft: '制作中', submitted: '待审查', returned: '已退回', reviewed: '审查通过', released: '已发布', abandoned: '已放弃' },
    },
  },
  'en-US': {
    leaks: {
      purpose: 'The hidden mark of a leaked screenshot or clip leads to the register entry it was handed over under', pick: 'Choose the leaked picture or clip', kinds: 'PNG or JPEG picture, or MP4 clip, at most 64 MiB; its SHA-256 is kept and the file is not',
      sending: 'Sending {{name}}', reading: 'Reading the mark of {{name}}', none: 'no mark found', entry: 'register entry {{n}}', open: 'show in the register',
      noneMeans: 'No mark is read where a picture is too small, cut too much, turned, or was not delivered by this system. Try a clearer screenshot that is cut less, or a clip. It does not say that nothing leaked.',
      whose: 'The entry is of {{unit}}: tell its auditor the number.', noEntry: 'That number of the ledger is no register entry.', chance: 'Chance of a false name, at most', pictures: 'Pictures read', before: 'Traced before', empty: 'Nothing was traced yet', mark: 'Mark', given: 'Handed to', by: 'Traced by', size: 'Size',
    },
    redaction: {
      purpose: 'Before publication faces, plates and names are masked by hand, each by a person; nothing is recognised by machine', new: 'New redacted copy', one: 'Redacted copy', empty: 'No redacted copies yet', begin: 'Register and begin', start: 'Footage from', seconds: 'Length', longest: 'at most {{n}} minutes', length: 'Length', editor: 'Made by', reviewer: 'Reviewed by',
      purposePlaceholder: 'e.g. appeal about the hit and run of 20 November', destinationPlaceholder: 'e.g. the county broadcaster', follows: 'This makes a register entry of the viewing. Another person reviews before release, and the release has an entry of its own.', open: 'Register a purpose to see the footage', masks: 'Masks', mask: 'Mask {{n}}', none: 'No mask yet: add one.', addBox: 'Add a box', addPolygon: 'Add a polygon',
      how: 'How it covers', fill: 'fill', blur: 'blur', keys: '{{n}} key frames', drop: 'Remove', hint: 'Drag, use the arrow keys (with Shift in small steps) or type numbers. Moved at another moment it gets a key frame there; between key frames it moves evenly, outside them it stands still.', leftTop: 'Left top', rightBottom: 'Right bottom', corner: 'Corner {{n}}', key: 'Key frame here', noKey: 'Remove this key frame', from: 'Appears here', until: 'Ends here', always: 'Whole footage',
      still: 'Picture of the footage', moment: 'Moment', asCopied: 'As the copy shows it', save: 'Save', saved: 'Saved', render: 'Make the draft', submit: 'Give to review', draft: 'Draft', draftHint: 'A copy has no sound; its pictures bear the visible and the hidden mark.', review: 'Review', look: 'Open the draft (all of it counts as seen)', note: 'What the reviewer says', approve: 'Approve', return: 'Return', waiting: 'Given to review: another person looks through it. Nobody reviews the own copy.',
      release: 'Release', releaseFollows: 'This makes a register entry of the publication, destination {{destination}}; the file can be taken once.', released: 'Released', takenAt: 'Taken', take: 'Take the file', once: 'once only; then it is no longer kept here', failed: 'It could not be made ({{code}}): try again or choose another period.',
      state: { draft: 'being made', submitted: 'to be reviewed', returned: 'returned', reviewed: 'approved', released: 'released', abandoned: 'given up' },
    },
  },
}
