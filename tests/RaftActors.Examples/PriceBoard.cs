using RaftActors.Coordination;

namespace RaftActors.Examples;

/// <summary>A copy of the items of a shop.</summary>
public sealed class PriceBoard
{
    public Dictionary<string, string> Texts { get; } = [];

    public void Apply(RaftItemChange change)
    {
        switch (change)
        {
            case RaftItemChange.All all:
                Texts.Clear();
                foreach (var item in all.Items)
                {
                    Texts[item.Name] = item.Value;
                }

                break;
            case RaftItemChange.Written written:
                Texts[written.Item.Name] = written.Item.Value;
                break;
            case RaftItemChange.Deleted deleted:
                Texts.Remove(deleted.Name);
                break;
        }
    }
}
