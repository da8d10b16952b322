mod damage;
mod facts;
mod fixture;
mod hostile;
mod lookup;
mod repartition;
mod writer;
