using System.Collections.Immutable;

using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>Another node and the quiescent processes here that depend on its processes. For the registry's thread only.</summary>
internal sealed class QuietNode
{
    // The sums differ for a moment whenever a beat crosses the news of a group's quiescence, so only repeated differences count.
    private const int DifferencesMax = 3;
    // A beat that lists so many groups lists no further part.
    private const int ListedMax = 4096;

    private readonly Dictionary<(QuietProcess Here, ProcessName There), ulong> _pairs = [];
    private readonly ulong[] _led = new ulong[WireMessage.NodeBeat.Parts];
    private readonly ulong[] _followed = new ulong[WireMessage.NodeBeat.Parts];
    private readonly int[] _differences = new int[WireMessage.NodeBeat.Parts];
    private TimeSpan _silenceMax = TimeSpan.MaxValue;

    // Sets of parts, a bit for each: parts whose groups this node will ask the other one to list, and parts that the other one asked for.
    private uint _unsure;
    private uint _wanted;

    /// <summary>Time of the node's latest beat, by the scheduler's clock.</summary>
    public TimeSpan HeardAt { get; set; }

    public bool IsEmpty => _pairs.Count == 0;

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
    /// Compares the groups that the node leads in quiescence with those that follow it here, and returns the processes to wake. The groups
    /// are compared in parts by sums. If a sum stays different, the next beat asks for the groups of that part, and only a process that
    /// the answer lacks wakes. Otherwise a busy cluster, whose sums always differ somewhere, would wake all its groups again and again.
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

        // A young process is left alone, because its leader may still wait until the other members agree to be quiescent.
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

    /// <summary>The processes to wake because the node is silent, each with the process there that it depends on.</summary>
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

    // An exclusive or does not depend on the order, and a second one with the same number removes it.
    private void Toggle(QuietProcess here, ulong digest) => (here.Leads ? _led : _followed)[PartOf(digest)] ^= digest;
}
