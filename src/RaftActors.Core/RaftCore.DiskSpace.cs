namespace RaftActors.Core;

/// <content>
/// A disk that is nearly full: the last of it is kept for votes and for changes of the group, without which nobody could mend anything.
/// </content>
public sealed partial class RaftCore
{
    private bool _isDiskShort;

    /// <summary>A leader without room hands over, once: the next one may have room, and if it has none either, it stays.</summary>
    private void OnDiskSpace(bool isShort)
    {
        var isNews = isShort && !_isDiskShort;
        _isDiskShort = isShort;
        if (isNews && _role is LeaderRole leader && _transfer is null && IsReady && MostSuitable(leader, _ => true) is { } target)
        {
            _transfer = new Transfer(target.Member.Name, target.Member.Name, isOwnIdea: true, _now);
        }
    }

    /// <summary>
    /// Without room the entries before the first pair that is not in the log already. The rest is as good as lost on its way, so the
    /// message is not answered: an answer would bring it back at once, heartbeats bring it back at their own pace.
    /// </summary>
    private LogSlice WhatThereIsRoomFor(LogSlice entries)
    {
        if (!_isDiskShort)
        {
            return entries;
        }

        var taken = 0;
        while (taken < entries.Length && (entries[taken].Payload is not Payload.Pair || IsInLog(entries[taken])))
        {
            taken++;
        }

        return entries.Take(taken);
    }

    /// <summary>A piece of nothing is a heartbeat; any other is lost, as pairs are.</summary>
    private bool IsThereRoomFor(Message.SnapshotChunk chunk) => !_isDiskShort || chunk.IsEmpty;

    private bool IsInLog(LogEntry entry) => entry.Index <= _log.Last && _log.TermAt(entry.Index) == entry.Term;
}
