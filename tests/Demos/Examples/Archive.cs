using System.Collections.Immutable;

using Akka.Actor;

namespace RaftActors.Examples;

/// <summary>
/// Documents by name, the same on all nodes. A snapshot is written on another thread while documents change: the writer holds the immutable
/// dictionary of one moment (copy-on-write).
/// </summary>
public sealed class Archive : RaftActor<string, int>, IRaftStreamSnapshot
{
    private ImmutableDictionary<string, string> _documents = ImmutableDictionary<string, string>.Empty;

    public Archive()
    {
        Receive<Store>(store => Group.Append(store.Name, store.Text, replyTo: Sender));
        Receive<Find>(find => Sender.Tell(_documents.GetValueOrDefault(find.Name, "")));
    }

    public StateWriter TakeSnapshot(Serial serial)
    {
        var documents = _documents;
        return (state, stopping) =>
        {
            using var writer = new BinaryWriter(state);
            writer.Write(documents.Count);
            foreach (var (name, text) in documents)
            {
                writer.Write(name);
                writer.Write(text);
            }

            return Task.CompletedTask;
        };
    }

    public void RestoreSnapshot(Serial serial, Stream state)
    {
        using var reader = new BinaryReader(state);
        var documents = ImmutableDictionary.CreateBuilder<string, string>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            documents[reader.ReadString()] = reader.ReadString();
        }

        _documents = documents.ToImmutable();
    }

    protected override int HandleAppend(Entry<string> entry)
    {
        _documents = _documents.SetItem(entry.Key, entry.Value);
        return _documents.Count;
    }
}

/// <summary>Stores a document. The sender receives an <see cref="Outcome{TResult}"/> with the number of documents.</summary>
public sealed record Store(string Name, string Text);

/// <summary>Returns the text of a document on this node at once. It may be stale.</summary>
public sealed record Find(string Name);
