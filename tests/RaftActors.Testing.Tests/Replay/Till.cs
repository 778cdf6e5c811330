using System.Globalization;

namespace RaftActors.Testing.Tests.Replay;

/// <summary>An actor with some rules for sums of money, each in the way of the last release or changed.</summary>
/// <param name="change">The rule that is changed; empty: none.</param>
internal class Till(string change = "") : RaftActor<decimal, string?>, IRaftSnapshot<string>
{
    private readonly SortedDictionary<string, decimal> _sums = new(StringComparer.Ordinal);
    private readonly List<string> _arrived = [];
    private decimal _all;
    private int _hidden;
    private DateTimeOffset _last;

    protected bool Has(string name) => change == name;

    protected override string? HandleAppend(Entry<decimal> entry)
    {
        var key = Has("keys without case") ? entry.Key.ToLowerInvariant() : Has("keys without spaces") ? entry.Key.Trim() : entry.Key;
        var value = Has("rounds up") ? decimal.Round(entry.Value, 2, MidpointRounding.AwayFromZero)
            : Has("cuts") ? decimal.Round(entry.Value, 2, MidpointRounding.ToZero)
            : decimal.Round(entry.Value, 2);
        var isNewDay = entry.Time.Date > _last.Date;
        _last = entry.Time;
        switch (key)
        {
            case "dime" when Has("dimes from version 2, at once") || (entry.LogicVersion >= 2 && Has("dimes from version 2")):
                value = decimal.Round(value, 1);
                break;
            case "list":
                return string.Join(' ', Has("lists in order of arrival") ? _arrived : _sums.Keys);
            case "clock":
                return $"{(Has("reads the clock") ? DateTimeOffset.UtcNow : entry.Time):O}";
            case "lot":
                return $"{(Has("draws lots") ? Random.Shared.NextInt64() : 4)}";
            case "misses" when Has("misses a key"):
                return null;
            case "throws" when Has("throws"):
                throw new InvalidOperationException("There is no such sum.");
            case "reply":
                return Has("replies in another way") ? "OK" : "ok";
            case "hides":
                _hidden += Has("hides a sum") ? 2 : 1;
                return "hidden";
            case "big":
                return $"{(Has("counts to 2^31") ? unchecked((int)(long)value) : (long)value)}";
            case "float":
                return Has("floats") ? (0.1 + (double)value).ToString("R", CultureInfo.InvariantCulture) : $"{0.1m + value}";
            case "limit":
                return value > 100 || (Has("limit") && value == 100) ? "refused" : "taken";
            case "time":
                return Has("serial for time") ? $"{entry.Serial}" : $"{entry.Time.Second}";
            case "day":
                return isNewDay && !Has("forgets the day") ? "a new day" : "the same day";
            case "order":
                _all = Has("fee before interest") ? (_all - 1) * 2 : (_all * 2) - 1;
                return "ordered";
            case "remind" when !Has("sets no reminder"):
                Remind("later", TimeSpan.FromDays(1), 1);
                return "set";
            case "remind":
                return "set";
            case "nothing" when Has("replies nothing"):
                _all++;
                return null;
        }

        if (!_sums.ContainsKey(key))
        {
            _arrived.Add(key);
        }

        _all += value;
        var sum = _sums[key] = _sums.GetValueOrDefault(key) + value;
        return sum.ToString(CultureInfo.InvariantCulture);
    }

    protected override void HandleReminder(Entry<decimal> entry) => _all += entry.Value;

    public string TakeSnapshot(Serial serial) =>
        string.Create(CultureInfo.InvariantCulture, $"{_all};{_hidden};{string.Join(',', _sums.Select(sum => $"{sum.Key}={sum.Value}"))}");

    public void RestoreSnapshot(Serial serial, string state) => throw new NotSupportedException("The log has no snapshot.");
}

/// <summary>One with the rules of version 2, and those of version 1.</summary>
internal sealed class NextTill(string change) : Till(change)
{
    protected override int LogicVersion => 2;
}
