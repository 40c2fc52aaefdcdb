/** How the installation stands: a name for each part, a sentence and a remedy for each word that the server may say. */
export const health = {
  'zh-CN': {
    health: {
      title: '系统健康', details: '查看全部', allMet: '录像、账本、见证、清除和存储均正常', restMet: '其余均正常', what: '事项', sinceOrLast: '起始 / 最近一次', figure: '数量', toDo: '情况与处理', and: '、',
      since: '自 {{time}}', lasting: '已 {{length}}',
      standing: { met: '正常', 'due-soon': '须尽快处理', breached: '须立即处理', 'not-measured': '未测' },
      part: {
        keeper: '保管进程', ledger: '账本公布', witness: '见证', heads: '录像入账', catalogue: '录像目录', house: '登记收尾', exports: '证据包制作', recorder: '录像进程', expiry: '到期清除', clock: '系统时钟', scrub: '录像巡检', volumes: '存储卷', room: '存储预测', previews: '预览图', transcoding: '转码',
      },
      say: {
        ok: '正常', 'not-measured': '未测', 'keeper-silent': '没有回应', 'duty-failing': '未能完成', 'duty-late': '迟迟没有完成',
        'ledger-forked': '账本与已签名的检查点不一致，已停止公布', 'ledger-rolled-back': '数据库被回退，已停止公布', 'ledger-foreign': '账本目录里的检查点不是本机签发，已停止公布',
        'witness-none': '未设见证方', 'witness-silent': '没有签署新的检查点', 'witness-contradicts': '见证方见过的账本与本账本不一致',
        'recorder-silent': '没有应答', 'recorder-shedding': '负荷过重：已停止子码流，录像不受影响', 'recorder-overloaded': '负荷过重：{{cameras}} 路中有 {{shed}} 路没有录像', 'expiry-failing': '清除失败', 'expiry-late': '有录像超过最长保存期 {{overdue}} 仍未清除', 'volumes-failing': '存储卷不可用', 'clock-frozen': '跳变 {{by}}，到期清除已暂停，待系统管理员核对', 'clock-vouched': '跳变 {{by}}，到期清除已暂停，待单位负责人确认', 'scrub-found': '发现 {{found}} 处与录制时不符或无法读取', 'scrub-slow': '按目前进度每 {{period}} 读一遍，要求 {{needed}} 之内', 'scrub-silent': '没有回应',
        'room-filling': '{{full}}后写满，写满后停止录像', 'room-short': '{{full}}后写满；只够保存 {{holds}}，不足 {{floor}}', 'room-full': '已写满；只够保存 {{holds}}，最短保存期为 {{floor}}',
        'previews-silent': '没有回应', 'previews-shedding': '超出处理器上限，已丢弃 {{lately}} 帧', 'transcoding-full': '达到转码上限，已拒绝 {{refused}} 次',
      },
      do: {
        'not-measured': '还没有报告，稍后再看', 'keeper-silent': '登记暂不公布、目录不更新，录像不受影响；进程会自动重启，持续出现时查看 logs/keeper.stderr', 'duty-failing': '会自动再试；持续出现时查看 logs/keeper.stderr', 'duty-late': '检查数据库和磁盘是否忙或卡住；必要时重启服务',
        'ledger-forked': '勿继续使用该数据库；用 mingjian ledger verify 核对账本目录，并报告上级和见证方', 'ledger-rolled-back': '恢复较新的数据库备份；不能恢复时报告上级和见证方', 'ledger-foreign': '核对数据目录与 keys/ 是否来自同一套系统',
        'witness-none': '请由另一机关运行见证服务，并填写 witness_url 和 witness_key', 'witness-silent': '检查见证服务与网络；恢复后自动补签', 'witness-contradicts': '立即报告上级和见证方；停止改动，用 mingjian ledger verify 核对',
        'recorder-shedding': '负荷下降后自动恢复；持续出现时减少摄像机、降低码率或增加设备', 'recorder-overloaded': '缺口已按“设备过载”记入；请减少摄像机、降低码率、更换更快的磁盘或增加设备', 'recorder-silent': '进程会自动重启，其间的录像记为缺口；持续出现时查看 logs/', 'expiry-failing': '检查磁盘是否只读或损坏；恢复后自动补清', 'expiry-late': '核对系统时钟是否跳变过、录像进程是否停过', 'volumes-failing': '检查磁盘是否挂载、可写', 'clock-frozen': '校准系统时钟，再由两人在“存储与健康”页确认', 'clock-vouched': '由单位负责人在“存储与健康”页确认', 'scrub-found': '这些片段不作为完好录像提供；检查磁盘，用 mingjian fsck --depth hash 查看范围', 'scrub-slow': '录像优先，巡检让路；换用更快的磁盘或减少摄像机', 'scrub-silent': '录像不受影响；进程会自动重启，持续出现时查看 logs/scrub.stderr',
        'room-filling': '增加存储或降低码率', 'room-short': '增加存储或降低码率，否则不能保存到法定期限', 'room-full': '立即增加存储；期限内的录像不得删除',
        'previews-silent': '回放和录像不受影响，拖动时没有预览；查看 logs/previews.stderr', 'previews-shedding': '回放和录像不受影响；如需更多预览，调高 preview_cpu_share', 'transcoding-full': '改用支持 H.265 的浏览器，为摄像机设 H.264 子码流，或调高 transcode_cap',
      },
      figures: {
        ledger: '{{size}} 条', witness: '已签署 {{size}} 条', room: '可保存 {{holds}}，最短保存期 {{floor}}', scrub: '按目前进度每 {{period}} 读一遍，要求 {{needed}}；本遍已读 {{done}}', previews: '处理器 {{cpu}}，上限 {{cpu_cap}}（一个核）；启动以来做成 {{made}}，丢弃 {{shed}}，失败 {{failed}}', transcoding: '使用 {{in_use}} / {{cap}} 路；启动以来拒绝 {{refused}} 次',
      },
    },
  },
  'en-US': {
    health: {
      title: 'System health', details: 'Show all', allMet: 'Recording, ledger, witness, expiry and storage are well', restMet: 'All the rest is well', what: 'What', sinceOrLast: 'Since / last', figure: 'Figures', toDo: 'What is wrong and what to do', and: ', ',
      since: 'since {{time}}', lasting: 'for {{length}}',
      standing: { met: 'well', 'due-soon': 'needs a look soon', breached: 'needs action now', 'not-measured': 'not measured' },
      part: {
        keeper: 'Keeper process', ledger: 'Publishing the ledger', witness: 'Witness', heads: 'Recordings into the ledger', catalogue: 'Catalogue of footage', house: 'Closing of viewings', exports: 'Building packages', recorder: 'Recorder process', expiry: 'Expiry', clock: 'System clock', scrub: 'Scrub', volumes: 'Volumes', room: 'Storage forecast', previews: 'Previews', transcoding: 'Transcoding',
      },
      say: {
        ok: 'well', 'not-measured': 'not measured', 'keeper-silent': 'does not answer', 'duty-failing': 'fails', 'duty-late': 'has not been done for too long',
        'ledger-forked': 'the ledger contradicts a signed checkpoint; publishing has stopped', 'ledger-rolled-back': 'the database was rolled back; publishing has stopped', 'ledger-foreign': 'the checkpoint in the ledger folder was not signed here; publishing has stopped',
        'witness-none': 'no witness is set', 'witness-silent': 'has not signed the new checkpoints', 'witness-contradicts': 'has seen another ledger than this one',
        'recorder-silent': 'does not answer', 'recorder-shedding': 'overloaded: sub streams are stopped, recording goes on', 'recorder-overloaded': 'overloaded: {{shed}} of {{cameras}} cameras are not recorded', 'expiry-failing': 'deleting fails', 'expiry-late': 'footage is {{overdue}} past its longest retention and still there', 'volumes-failing': 'a volume cannot be used', 'clock-frozen': 'jumped by {{by}}; expiry stands still until an administrator has checked it', 'clock-vouched': "jumped by {{by}}; expiry stands still until the unit's manager confirms", 'scrub-found': 'places that differ from what was recorded or cannot be read: {{found}}', 'scrub-slow': 'at this pace each fragment is read every {{period}}; needed {{needed}}', 'scrub-silent': 'does not answer',
        'room-filling': 'full in {{full}}; recording then stops', 'room-short': 'full in {{full}}; holds only {{holds}}, less than {{floor}}', 'room-full': 'full; holds only {{holds}}, the shortest retention is {{floor}}',
        'previews-silent': 'does not answer', 'previews-shedding': 'over the processor cap, {{lately}} frames left out', 'transcoding-full': 'the cap is reached, {{refused}} refused',
      },
      do: {
        'not-measured': 'No report yet; look again in a moment', 'keeper-silent': 'Entries are not published and the catalogue stands still; recording goes on. The process is started again by itself; if it goes on, look into logs/keeper.stderr', 'duty-failing': 'It is tried again by itself; if it goes on, look into logs/keeper.stderr', 'duty-late': 'See whether database or disk are busy or stuck; restart the service if need be',
        'ledger-forked': 'Do not go on with this database; check the ledger folder with mingjian ledger verify and tell the superior organ and the witness', 'ledger-rolled-back': 'Restore a newer backup of the database; if there is none, tell the superior organ and the witness', 'ledger-foreign': 'See whether the data directory and keys/ belong to the same installation',
        'witness-none': 'Have another organ run a witness and set witness_url and witness_key', 'witness-silent': 'Check the witness and the network; it signs again by itself', 'witness-contradicts': 'Tell the superior organ and the witness at once; change nothing and check with mingjian ledger verify',
        'recorder-shedding': 'It ends by itself when the load falls; if it goes on, use fewer cameras, lower bit rates or another machine', 'recorder-overloaded': 'The gaps are marked as overload; use fewer cameras, lower bit rates, a faster disk or another machine', 'recorder-silent': 'It is started again by itself and what is missed becomes a gap; if it goes on, look into logs/', 'expiry-failing': 'See whether the disk is read-only or broken; deletion catches up by itself', 'expiry-late': 'See whether the clock has jumped or recorders stood still', 'volumes-failing': 'See whether the disk is mounted and writable', 'clock-frozen': 'Set the clock right, then two persons confirm on the storage page', 'clock-vouched': "The unit's manager confirms on the storage page", 'scrub-found': 'These fragments are not served as good; check the disk, mingjian fsck --depth hash shows the extent', 'scrub-slow': 'Recording comes first and the scrub gives way; use a faster disk or fewer cameras', 'scrub-silent': 'Recording goes on; it is started again by itself; if it goes on, look into logs/scrub.stderr',
        'room-filling': 'Add storage or lower bit rates', 'room-short': 'Add storage or lower bit rates, or the lawful term will not be held', 'room-full': 'Add storage now; footage inside its term may not be deleted',
        'previews-silent': 'Playback and recording go on without previews while dragging; look into logs/previews.stderr', 'previews-shedding': 'Playback and recording go on; for more previews raise preview_cpu_share', 'transcoding-full': 'Use a browser with H.265, give cameras an H.264 sub stream, or raise transcode_cap',
      },
      figures: {
        ledger: '{{size}} entries', witness: '{{size}} entries signed', room: 'holds {{holds}}, shortest retention {{floor}}', scrub: 'at this pace each fragment is read every {{period}}; needed {{needed}}; {{done}} of this pass', previews: 'processor {{cpu}}, cap {{cpu_cap}} (of one core); since the start {{made}} made, {{shed}} left out, {{failed}} failed', transcoding: '{{in_use}} of {{cap}} in use; {{refused}} refused since the start',
      },
    },
  },
}
