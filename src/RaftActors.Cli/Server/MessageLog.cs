namespace RaftActors.Cli.Server;

/// <summary>
/// The committed messages in the order of their serials. Applies a request id once, even if several of its attempts were committed. The
/// same committed pairs give the same log on every server.
/// </summary>
internal sealed class MessageLog
{
    private readonly List<Message> _messages = [];
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);

    public IReadOnlyList<Message> Messages => _messages;

    public Message? Find(string id) => _byId.TryGetValue(id, out var place) ? _messages[place] : null;

    /// <summary>One page of messages after this serial.</summary>
    public ImmutableArray<Message> PageAfter(long after)
    {
        var (first, end) = (0, _messages.Count);
        while (first < end)
        {
            var middle = (first + end) / 2;
            (first, end) = _messages[middle].Serial <= after ? (middle + 1, end) : (first, middle);
        }

        var page = ImmutableArray.CreateBuilder<Message>();
        for (var letters = 0; first < _messages.Count; first++)
        {
            var message = _messages[first];
            letters += message.Id.Length + message.Text.Length;
            if (page.Count > 0 && letters > MessageLimits.PageLettersMax)
            {
                break;
            }

            page.Add(message);
            if (page.Count == MessageLimits.PageMessagesMax)
            {
                break;
            }
        }

        return page.ToImmutable();
    }

    /// <summary>Applies a committed pair. A known request id is a retry and changes nothing.</summary>
    /// <returns>The place of the new message, from 1 on, or 0 for a retry.</returns>
    public int Apply(string id, string text, long serial)
    {
        if (_messages.Count > 0 && serial <= _messages[^1].Serial)
        {
            throw new ArgumentOutOfRangeException(nameof(serial), serial, $"Serials must rise above {_messages[^1].Serial}.");
        }

        if (!_byId.TryAdd(id, _messages.Count))
        {
            return 0;
        }

        _messages.Add(new Message(serial, id, text));
        return _messages.Count;
    }

    /// <summary>
    /// The line that a server writes when it applies the message at this place, from 1 on. <c>print</c> lists the messages up to it, and
    /// <c>count</c> counts them. Null for other messages.
    /// </summary>
    public string? AnnouncementAt(int place) => _messages[place - 1].Text switch
    {
        "print" => $"Logs [{string.Join(' ', _messages.Take(place).Select(message => Printable.Of(message.Text)))}]",
        "count" => $"Count {place}",
        _ => null,
    };
}

internal sealed record Message(long Serial, string Id, string Text);
