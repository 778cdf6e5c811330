using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>All different messages, with their numbers.</summary>
internal sealed class MessageTable(Digests digests)
{
    private readonly Dictionary<(ulong, ulong), int> _numbers = [];
    private readonly List<(Envelope Envelope, int To, ulong[] Names)> _messages = [];

    public int Count => _messages.Count;

    public Envelope this[int number] => _messages[number].Envelope;

    /// <summary>The number of its receiver.</summary>
    public int To(int number) => _messages[number].To;

    /// <summary>The hash of the message under a renaming.</summary>
    public ulong Name(int number, int renaming) => _messages[number].Names[renaming];

    public int Add(Envelope envelope)
    {
        var digest = digests.Of(envelope);
        if (!_numbers.TryGetValue(digest, out var number))
        {
            number = _messages.Count;
            _numbers.Add(digest, number);
            _messages.Add((envelope, FoundedGroup.NumberOf(envelope.To.Name), digests.Names(i => digests.Of(envelope, i))));
        }

        return number;
    }
}
