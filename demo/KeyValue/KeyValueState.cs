namespace KeyValue;

/// <summary>The items of one shard, and the serials of the latest changes that had no effect.</summary>
/// <param name="Items">The items, by key.</param>
/// <param name="Refused">The serials of refused changes, the oldest first.</param>
internal sealed record KeyValueState(Dictionary<string, Item> Items, Queue<long> Refused)
{
    /// <summary>As many as the group remembers request keys: a repeated change learns whether the first attempt had an effect.</summary>
    public const int RefusedMax = 16_384;

    /// <summary>Refused changes up to this serial were forgotten.</summary>
    public long ForgottenTo { get; set; }

    public static KeyValueState Empty() => new([], []);

    public Written Apply(string key, Change change, long serial)
    {
        var present = Items.GetValueOrDefault(key);
        var isAllowed = change.IfSerial switch
        {
            null => true,
            Change.IfPresent => present is not null,
            var wanted => wanted == (present?.Serial ?? Change.IfAbsent),
        };
        if (!isAllowed)
        {
            Refuse(serial);
            return new Written(IsApplied: false, present?.Serial);
        }

        if (change.Value is null)
        {
            Items.Remove(key);
        }
        else
        {
            Items[key] = new Item(change.Value, change.ContentType, serial);
        }

        return new Written(IsApplied: true, present?.Serial);
    }

    /// <summary>Whether the change with this serial had an effect. Null: that was forgotten.</summary>
    public bool? WasApplied(long serial) => serial <= ForgottenTo ? null : !Refused.Contains(serial);

    private void Refuse(long serial)
    {
        Refused.Enqueue(serial);
        if (Refused.Count > RefusedMax)
        {
            ForgottenTo = Refused.Dequeue();
        }
    }
}
