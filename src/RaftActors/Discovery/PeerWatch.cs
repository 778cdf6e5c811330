using Akka.Event;

using RaftActors.Engine;

namespace RaftActors.Discovery;

/// <summary>
/// Warns about processes without peers: once when a process has met none for <see cref="Patience"/> founding timeouts. Logs it when the
/// process meets a peer afterwards. For the registry's thread only.
/// </summary>
internal sealed class PeerWatch(ILoggingAdapter log)
{
    /// <summary>The time until the warning, in founding timeouts of the process.</summary>
    public const int Patience = 3;

    private readonly SortedDictionary<(string Group, ProcessName Name), Watched> _watched = [];

    /// <summary>Watches a process for peers, unless it is to meet none.</summary>
    public void OnNames(EngineNews.Names names, TimeSpan now)
    {
        var key = (names.Process.Settings.Group, names.Process.Name);
        var known = _watched.GetValueOrDefault(key);
        _watched[key] = new Watched(names, known?.AloneSince ?? now) { IsWarnedOf = known?.IsWarnedOf == true };
    }

    /// <summary>The process has stopped, and nobody waits for its peers.</summary>
    public void Forget(string group, ProcessName name) => _watched.Remove((group, name));

    /// <param name="hasPeer">True: the process can reach another one of its group.</param>
    /// <param name="whyAlone">Explains why the process may have met none, and what to do.</param>
    public void Check(TimeSpan now, Func<EngineNews.Names, bool> hasPeer, Func<EngineNews.Names, string> whyAlone)
    {
        foreach (var watched in _watched.Values)
        {
            if (watched.Names.Others.IsEmpty || hasPeer(watched.Names))
            {
                OnMet(watched, now);
            }
            else if (!watched.IsWarnedOf && now - watched.AloneSince >= Patience * watched.Names.Process.Settings.Timing.FoundingTimeout)
            {
                watched.IsWarnedOf = true;
                log.Warning(
                    "{0} of group '{1}' has met none of {2} for {3} s. {4}",
                    watched.Names.Process.Name,
                    watched.Names.Process.Settings.Group,
                    string.Join(", ", watched.Names.Others),
                    (long)(now - watched.AloneSince).TotalSeconds,
                    whyAlone(watched.Names));
            }
        }
    }

    private void OnMet(Watched watched, TimeSpan now)
    {
        if (watched.IsWarnedOf)
        {
            log.Info(
                "{0} of group '{1}' has met another process of its group.",
                watched.Names.Process.Name,
                watched.Names.Process.Settings.Group);
        }

        watched.IsWarnedOf = false;
        watched.AloneSince = now;
    }

    private sealed class Watched(EngineNews.Names names, TimeSpan aloneSince)
    {
        public EngineNews.Names Names { get; } = names;

        // The latest time at which the process had a peer, or its start.
        public TimeSpan AloneSince { get; set; } = aloneSince;

        public bool IsWarnedOf { get; set; }
    }
}
