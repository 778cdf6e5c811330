using System.Collections.Immutable;

using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>Another node and the quiescent processes here that depend on its processes. For the registry's thread only.</summary>
internal sealed class QuietNode
{
    // Beats and news of quiescence cross on the way, so one different digest proves nothing.
    private const int DifferencesMax = 3;

    private readonly Dictionary<(QuietProcess Here, ProcessName There), ulong> _pairs = [];
    private readonly ulong[] _led = new ulong[WireMessage.NodeBeat.Parts];
    private readonly ulong[] _followed = new ulong[WireMessage.NodeBeat.Parts];
    private readonly int[] _differences = new int[WireMessage.NodeBeat.Parts];
    private TimeSpan _patience = TimeSpan.MaxValue;

    /// <summary>Time of its latest beat, by the scheduler's clock.</summary>
    public TimeSpan HeardAt { get; set; }

    public bool IsEmpty => _pairs.Count == 0;

    /// <param name="there">The process on that node.</param>
    public void Add(QuietProcess here, ProcessName there)
    {
        _patience = here.Patience < _patience ? here.Patience : _patience;
        var digest = here.DigestWith(there);
        _pairs.Add((here, there), digest);
        Toggle(here, digest);
    }

    public void Remove(QuietProcess here, ProcessName there)
    {
        if (_pairs.Remove((here, there), out var digest))
        {
            Toggle(here, digest);
        }
    }

    public WireMessage.NodeBeat ToBeat() => new([.. _led]);

    /// <summary>
    /// Compares the groups that the node leads in quiescence with those that follow it here. Returns the processes to wake.
    /// </summary>
    public IReadOnlyList<QuietProcess> Compare(ImmutableArray<ulong> led, TimeSpan now)
    {
        var differs = false;
        for (var part = 0; part < WireMessage.NodeBeat.Parts; part++)
        {
            _differences[part] = led[part] == _followed[part] ? 0 : _differences[part] + 1;
            differs |= _differences[part] > 0;
        }

        if (!differs)
        {
            return [];
        }

        // The leaders of young ones may not be quiescent yet. Such a leader may ask for ever, if one process never agrees. So a young one
        // must not hide the difference of another group.
        var young = new DigestSums?[WireMessage.NodeBeat.Parts];
        foreach (var ((here, _), digest) in _pairs)
        {
            if (!here.Leads && IsYoung(here, now))
            {
                (young[PartOf(digest)] ??= new DigestSums()).Add(digest);
            }
        }

        for (var part = 0; part < WireMessage.NodeBeat.Parts; part++)
        {
            if (young[part]?.Has(led[part] ^ _followed[part]) == true)
            {
                _differences[part] = 0;
            }
        }

        return
        [
            .. _pairs.Where(pair => _differences[PartOf(pair.Value)] >= DifferencesMax && !pair.Key.Here.Leads)
                .Select(pair => pair.Key.Here).Where(here => !IsYoung(here, now)),
        ];
    }

    /// <summary>The processes to wake because the node is silent, with the process there on which each depends.</summary>
    public IReadOnlyList<(QuietProcess Here, ProcessName There)> Silent(TimeSpan now)
    {
        var silence = now - HeardAt;
        return silence < _patience
            ? []
            : [.. _pairs.Keys.Where(pair => silence >= pair.Here.Patience && now - pair.Here.Since >= pair.Here.Patience)];
    }

    private static bool IsYoung(QuietProcess here, TimeSpan now) => now - here.Since < DifferencesMax * here.Interval;

    private static int PartOf(ulong digest) => (int)(digest % WireMessage.NodeBeat.Parts);

    // The exclusive or of numbers does not depend on their order, and removes a number that it has.
    private void Toggle(QuietProcess here, ulong digest) => (here.Leads ? _led : _followed)[PartOf(digest)] ^= digest;
}
