using System.Collections.Immutable;

using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>Another node and the quiescent processes here that depend on its processes. For the registry's thread only.</summary>
internal sealed class QuietNode
{
    // Beats and news of quiescence cross on the way, so one different sum proves nothing.
    private const int DifferencesMax = 3;


    // A beat with so many lists no further part.
    private const int ListedMax = 4096;

    private readonly Dictionary<(QuietProcess Here, ProcessName There), ulong> _pairs = [];
    private readonly ulong[] _led = new ulong[WireMessage.NodeBeat.Parts];
    private readonly ulong[] _followed = new ulong[WireMessage.NodeBeat.Parts];
    private readonly int[] _differences = new int[WireMessage.NodeBeat.Parts];
    private TimeSpan _silenceMax = TimeSpan.MaxValue;

    // Parts, a bit for each: those that this node asks for, and those that the other one asked for.
    private uint _unsure;
    private uint _wanted;

    /// <summary>Time of its latest beat, by the scheduler's clock.</summary>
    public TimeSpan HeardAt { get; set; }

    public bool IsEmpty => _pairs.Count == 0;

    /// <param name="there">The process on that node.</param>
    public void Add(QuietProcess here, ProcessName there)
    {
        _silenceMax = here.SilenceMax < _silenceMax ? here.SilenceMax : _silenceMax;
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

    public WireMessage.NodeBeat ToBeat()
    {
        var (listed, listedOf) = (ImmutableArray.CreateBuilder<ulong>(), 0U);
        if (_wanted != 0)
        {
            var wanted = _pairs.Where(pair => pair.Key.Here.Leads).Select(pair => pair.Value).ToLookup(PartOf);
            for (var part = 0; part < WireMessage.NodeBeat.Parts && listed.Count < ListedMax; part++)
            {
                if ((_wanted & BitOf(part)) != 0)
                {
                    listedOf |= BitOf(part);
                    listed.AddRange(wanted[part]);
                }
            }
        }

        var beat = new WireMessage.NodeBeat([.. _led]) { Asked = _unsure, ListedOf = listedOf, Listed = listed.DrainToImmutable() };
        (_unsure, _wanted) = (0, _wanted & ~listedOf);
        return beat;
    }

    /// <summary>
    /// Compares the groups that the node leads in quiescence with those that follow it here. Returns the processes to wake. If a sum stays
    /// different, the next beat to the node asks for the groups behind it. In a cluster that changes all the time each sum is always
    /// different, so without that question all groups would wake each other for ever.
    /// </summary>
    public IReadOnlyList<QuietProcess> Compare(WireMessage.NodeBeat beat, TimeSpan now)
    {
        _wanted |= beat.Asked;
        for (var part = 0; part < WireMessage.NodeBeat.Parts; part++)
        {
            var isListed = (beat.ListedOf & BitOf(part)) != 0;
            _differences[part] = isListed || beat.Led[part] == _followed[part] ? 0 : _differences[part] + 1;
            if (_differences[part] > 0 && _differences[part] % DifferencesMax == 0)
            {
                _unsure |= BitOf(part);
            }
        }

        if (beat.ListedOf == 0)
        {
            return [];
        }

        // The leaders of young ones may not be quiescent yet. Such a leader may ask for ever, if one process never agrees.
        var listed = beat.Listed.ToHashSet();
        return
        [
            .. _pairs
                .Where(pair => !pair.Key.Here.Leads
                    && (beat.ListedOf & BitOf(PartOf(pair.Value))) != 0
                    && !listed.Contains(pair.Value)
                    && !IsYoung(pair.Key.Here, now))
                .Select(pair => pair.Key.Here),
        ];
    }

    /// <summary>The processes to wake because the node is silent, with the process there on which each depends.</summary>
    public IReadOnlyList<(QuietProcess Here, ProcessName There)> Silent(TimeSpan now)
    {
        var silence = now - HeardAt;
        return silence < _silenceMax
            ? []
            : [.. _pairs.Keys.Where(pair => silence >= pair.Here.SilenceMax && now - pair.Here.Since >= pair.Here.SilenceMax)];
    }

    private static bool IsYoung(QuietProcess here, TimeSpan now) => now - here.Since < DifferencesMax * here.Interval;

    private static int PartOf(ulong digest) => (int)(digest % WireMessage.NodeBeat.Parts);

    private static uint BitOf(int part) => 1U << part;

    // The exclusive or of numbers does not depend on their order, and removes a number that it has.
    private void Toggle(QuietProcess here, ulong digest) => (here.Leads ? _led : _followed)[PartOf(digest)] ^= digest;
}
