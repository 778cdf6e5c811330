namespace Akka.Actor;

/// <summary>An extension: an object that exists once in each actor system.</summary>
public interface IExtension
{
}
