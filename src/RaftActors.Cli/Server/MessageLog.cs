using System.Collections.Immutable;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Server;

/// <summary>
/// What the group has agreed on, in order: each message once, however often its request was appended. The same on every server, since it
/// follows from the pairs alone.
/// </summary>
internal sealed class MessageLog
{
    private readonly List<Message> _messages = [];
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);

    /// <summary>In the order of their serials.</summary>
    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>The message that has this request id; null if there is none.</summary>
    public Message? Find(string id) => _byId.TryGetValue(id, out var place) ? _messages[place] : null;

    /// <summary>As many messages as fit into a page, in order.</summary>
    /// <param name="after">Those behind this serial.</param>
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
            if (page.Count > 0 && (letters += message.Id.Length + message.Text.Length) > MessageLimits.PageLettersMax)
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

    /// <summary>A pair is committed. One whose id is known changes nothing: somebody asked again, not knowing that it was there.</summary>
    /// <returns>The place of the new message, counted from 1; 0: there was none.</returns>
    public int Apply(string id, string text, long serial)
    {
        if (_messages.Count > 0 && serial <= _messages[^1].Serial)
        {
            throw new ArgumentOutOfRangeException(nameof(serial), serial, $"{_messages[^1].Serial} was applied already");
        }

        if (!_byId.TryAdd(id, _messages.Count))
        {
            return 0;
        }

        _messages.Add(new Message(serial, id, text));
        return _messages.Count;
    }

    /// <summary>
    /// What a server writes when it processes the message at this place, counted from 1: the messages up to it, or how many these are.
    /// Null for all but the two words that ask for it.
    /// </summary>
    public string? AnnouncementAt(int place) => _messages[place - 1].Text switch
    {
        "print" => $"Logs [{string.Join(' ', _messages.Take(place).Select(message => Printable.Of(message.Text)))}]",
        "count" => $"Count {place}",
        _ => null,
    };
}

/// <summary>A message in the log.</summary>
/// <param name="Id">Of the request that brought it.</param>
internal sealed record Message(long Serial, string Id, string Text);
