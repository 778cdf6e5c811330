using System.Globalization;

namespace Billing;

/// <summary>
/// The resource that only one biller may change: the bills. It accepts a bill if no other biller with a higher token was here before, and
/// if the bill has the next number. So a biller that stood still cannot write after its successor. Not thread-safe.
/// </summary>
internal sealed class Register
{
    private long _highest;

    /// <summary>Reads the register of an earlier run: the latest number and token after each change.</summary>
    /// <exception cref="FormatException">A line is none of the register's.</exception>
    public static Register Read(IEnumerable<string> lines)
    {
        var register = new Register();
        foreach (var line in lines)
        {
            (register.Last, register._highest) = line.Split(' ') is [var number, var token]
                && long.TryParse(number, CultureInfo.InvariantCulture, out var last)
                && long.TryParse(token, CultureInfo.InvariantCulture, out var highest)
                    ? (last, highest)
                    : throw new FormatException($"'{line}' is no bill.");
        }

        return register;
    }

    /// <summary>The line that keeps the latest change.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Last} {_highest}");

    /// <summary>The number of the latest bill; 0: there is none.</summary>
    public long Last { get; private set; }

    /// <summary>Reads the latest number for a biller that starts. From now on, all lower tokens are refused.</summary>
    /// <returns>Null: the token is older than one that was here before.</returns>
    public long? Begin(long token)
    {
        _highest = Math.Max(_highest, token);
        return token == _highest ? Last : null;
    }

    /// <summary>Writes a bill.</summary>
    /// <returns>Null: it is written. Otherwise the reason against it.</returns>
    public string? Write(long token, long number)
    {
        if (token < _highest)
        {
            return $"the token {token} is older than {_highest}";
        }

        if (token == _highest && number == Last)
        {
            // The biller has not read the answer yet, and repeats its request.
            return null;
        }

        if (number != Last + 1)
        {
            return $"the next bill is {Last + 1}, not {number}";
        }

        (_highest, Last) = (token, number);
        return null;
    }
}
