using System.Globalization;

using Akka.Event;

using RaftActors.Engine;

namespace RaftActors.Discovery;

/// <summary>
/// Warns about processes without peers: once when a process has met none for <see cref="FoundingTimeouts"/> founding timeouts. Logs it when
/// the process meets a peer afterwards. Ten thousand groups may wait for one node, so processes that are found together share a line. For
/// the registry's thread only.
/// </summary>
internal sealed class PeerWatch(ILoggingAdapter log)
{
    /// <summary>The time until the warning, in founding timeouts of the process.</summary>
    public const int FoundingTimeouts = 3;

    private static readonly TimeSpan TimePerProcess = TimeSpan.FromMilliseconds(1);

    private readonly SortedDictionary<(string Group, ProcessName Name), Watched> _watched = [];
    private TimeSpan _checkedAt = TimeSpan.MinValue / 2;

    /// <summary>Watches a process for peers, unless it is to meet none.</summary>
    public void OnNames(EngineNews.Names names, TimeSpan now)
    {
        var key = (names.Process.Settings.Group, names.Process.Name);
        var known = _watched.GetValueOrDefault(key);
        _watched[key] = new Watched(names, known?.AloneSince ?? now) { IsWarnedOf = known?.IsWarnedOf == true };
    }

    /// <summary>The process has stopped, and nobody waits for its peers.</summary>
    public void Forget(string group, ProcessName name) => _watched.Remove((group, name));

    /// <summary>
    /// Logs one line for all processes that have been alone for too long. The more processes there are, the rarer it checks them, because
    /// each check looks at all of them.
    /// </summary>
    /// <param name="hasPeer">True: the process can reach another one of its group.</param>
    /// <param name="whyAlone">Explains why the process may have met none, and what to do.</param>
    public void Check(TimeSpan now, Func<EngineNews.Names, bool> hasPeer, Func<EngineNews.Names, string> whyAlone)
    {
        if (now - _checkedAt < _watched.Count * TimePerProcess)
        {
            return;
        }

        _checkedAt = now;
        List<Watched> alone = [];
        List<EngineNews.Names> met = [];
        foreach (var watched in _watched.Values)
        {
            var isAlone = !watched.Names.Others.IsEmpty && !hasPeer(watched.Names);
            if (!isAlone)
            {
                watched.AloneSince = now;
            }

            var limit = FoundingTimeouts * watched.Names.Process.Settings.Timing.FoundingTimeout;
            if (!isAlone && watched.IsWarnedOf)
            {
                watched.IsWarnedOf = false;
                met.Add(watched.Names);
            }
            else if (isAlone && !watched.IsWarnedOf && now - watched.AloneSince >= limit)
            {
                watched.IsWarnedOf = true;
                alone.Add(watched);
            }
        }

        if (alone is [var first, ..])
        {
            log.Warning(
                "{0} of group '{1}' has met none of {2} for {3} s. {4}",
                first.Names.Process.Name,
                first.Names.Process.Settings.Group,
                string.Join(", ", first.Names.Others),
                (long)(now - first.AloneSince).TotalSeconds,
                More(alone.Count - 1, "The same holds for {0} more processes of this node. ") + whyAlone(first.Names));
        }

        if (met is [var names, ..])
        {
            log.Info(
                "{0} of group '{1}' has met another process of its group{2}.",
                names.Process.Name,
                names.Process.Settings.Group,
                More(met.Count - 1, ", and so have {0} more of this node"));
        }
    }

    private static string More(int others, string text) => others == 0 ? "" : string.Format(CultureInfo.InvariantCulture, text, others);

    private sealed class Watched(EngineNews.Names names, TimeSpan aloneSince)
    {
        public EngineNews.Names Names { get; } = names;

        // The latest time at which the process had a peer, or its start.
        public TimeSpan AloneSince { get; set; } = aloneSince;

        public bool IsWarnedOf { get; set; }
    }
}
